"""Who may call, how often, and what a wrong address looks like."""

import contextlib

import pytest

from sandbox.next29.access import Throttle
from sandbox.next29.store import Store
from sandbox.refusals import ApiError
from tests.sandbox.stage import VERSION, Client, Stage, example

ERRORS = {error["name"]: error for error in example("errors")["errors"]}


@pytest.mark.parametrize("authorization", [None, "Token {}", "{}", "Bearer", "Bearer "])
def test_anything_but_a_bearer_token_is_no_credential(
    store: Stage, authorization: str | None
) -> None:
    wanted = ERRORS["missing or wrong auth scheme"]
    header = authorization and authorization.format(store.token)
    answer = store.service.call("GET", "/locations/", headers={"Authorization": header})
    assert (answer.status_code, answer.json()) == (401, wanted["body"])
    assert answer.headers["WWW-Authenticate"] == wanted["headers"]["WWW-Authenticate"]


def test_an_unknown_token_is_refused(store: Stage, other_store: Stage) -> None:
    answer = store.client(other_store.token).call("GET", "/locations/")
    assert (answer.status_code, answer.json()) == (401, ERRORS["revoked or expired token"]["body"])


@pytest.mark.parametrize(
    ("scopes", "method", "path"),
    [
        (["fulfillment_service:read"], "POST", "/locations/"),
        (["fulfillment_service:write"], "GET", "/locations/"),
        (["fulfillment_orders:read"], "GET", "/assigned-fulfillment-orders/"),
        (["fulfillment_service:read"], "POST", "/fulfillment-orders/80470/close/"),
        (["fulfillment_service:read"], "GET", "/fulfillment-orders/80470/available-locations/"),
        (["fulfillment_service:write"], "POST", "/fulfillment-orders/80470/move/"),
        (["fulfillment_service:write"], "POST", "/fulfillment-orders/80470/fulfillment-request/"),
        (["fulfillment_service:read"], "GET", "/webhooks/"),
        (["webhooks:read"], "POST", "/webhooks/"),
        (["catalogue:write"], "GET", "/stockrecords/"),
        (["catalogue:read"], "POST", "/stockrecords/"),
        (["catalogue:read"], "PATCH", "/stockrecords/5001/"),
        (["catalogue:read"], "DELETE", "/stockrecords/5001/"),
        ([], "GET", "/fulfillment-orders/"),
    ],
)
def test_a_call_needs_its_scope(store: Stage, scopes: list[str], method: str, path: str) -> None:
    store.control("POST", "tokens", {"token": "narrow", "scopes": scopes})
    answer = store.client("narrow").call(method, path, {} if method in ("POST", "PATCH") else None)
    assert (answer.status_code, answer.json()) == (403, ERRORS["missing scope"]["body"])


@pytest.mark.parametrize("area", ["fulfillment_service", "fulfillment_orders", "admin"])
def test_either_of_two_scopes_is_enough(store: Stage, area: str) -> None:
    order_id = store.place()
    scopes = [f"{area}:read", f"{area}:write"]
    store.control("POST", "tokens", {"token": "either", "scopes": scopes})
    client = store.client("either")
    assert client.state(order_id) == ("open", "requested")
    assert client.step(order_id, "fulfillment-request/accept").status_code == 200


def test_shipping_methods_need_a_token_but_no_scope(store: Stage) -> None:
    store.control("POST", "tokens", {"token": "bare", "scopes": []})
    assert store.client("bare").pages("/shipping-methods/")[0]["results"][0]["code"] == "standard"
    assert store.client("bare").get("/shipping-methods/2/")["code"] == "intl-econ"


def test_another_stores_order_is_not_found(store: Stage, other_store: Stage) -> None:
    other_store.place(count=3)
    theirs = other_store.control("GET", "state")["fulfillment_orders"][-1]["id"]
    answer = store.service.call("GET", f"/fulfillment-orders/{theirs}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_two_stores_use_the_same_ids(store: Stage, other_store: Stage) -> None:
    assert store.place() == other_store.place()


def test_another_providers_order_is_hidden_from_a_mere_service(store: Stage) -> None:
    theirs = store.control("POST", "locations", {"name": "Their warehouse"})["id"]
    order_id = store.place(location_id=theirs)
    mere = ["fulfillment_service:read", "fulfillment_service:write"]
    store.control("POST", "tokens", {"token": "mere", "scopes": mere})
    client = store.client("mere")
    assert client.call("GET", f"/fulfillment-orders/{order_id}/").status_code == 404
    assert client.step(order_id, "fulfillment-request/accept").status_code == 404
    assert client.get("/fulfillment-orders/")["results"] == []
    assert store.service.get("/assigned-fulfillment-orders/")["results"] == []
    assert [each["name"] for each in client.get("/locations/")["results"]] == ["Reno"]


@pytest.mark.parametrize("path", ["/order/", "/fulfillment-orders/abc/", "/"])
def test_an_unknown_path_is_a_page_not_found(store: Stage, path: str) -> None:
    answer = store.service.call("GET", path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_an_unknown_store_is_a_page_not_found(store: Stage) -> None:
    nowhere = Client(f"{store.url}/next29/nobody/api/admin", store.token)
    answer = nowhere.call("GET", "/locations/")
    assert (answer.status_code, "text/html") == (404, answer.headers["Content-Type"][:9])


def test_a_wrong_method_names_the_right_ones(store: Stage) -> None:
    answer = store.service.call("PATCH", "/locations/31/", {})
    assert (answer.status_code, answer.json()) == (405, ERRORS["method not allowed"]["body"])
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PUT", "DELETE"}


def test_the_fifth_call_within_a_second_is_throttled(empty_store: Stage) -> None:
    empty_store.settings(rate_limit=4)
    answers = [empty_store.service.call("GET", "/locations/") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json() == ERRORS["throttled"]["body"]


def test_each_token_has_its_own_window(empty_store: Stage) -> None:
    empty_store.settings(rate_limit=1)
    empty_store.control("POST", "tokens", {"token": "second"})
    assert empty_store.service.call("GET", "/locations/").status_code == 200
    assert empty_store.service.call("GET", "/locations/").status_code == 429
    assert empty_store.client("second").call("GET", "/locations/").status_code == 200


def test_the_window_slides_over_the_instants_of_admission() -> None:
    """Neither a refused call nor the turn of a second on the clock counts."""
    throttle, store = Throttle(), Store("acme", {})
    admitted = []
    for instant in (0.0, 0.5, 0.625, 0.875, 0.9375, 1.0, 1.25, 1.5):
        with contextlib.suppress(ApiError):
            throttle.check(store, "token", instant)
            admitted.append(instant)
    assert admitted == [0.0, 0.5, 0.625, 0.875, 1.0, 1.5]


def test_a_version_header_counts_in_any_spelling(store: Stage) -> None:
    version = next(iter(VERSION.values()))
    headers = {"X-29next-API-Version": None, "x-29Next-Api-version": version}
    assert store.service.call("GET", "/locations/", headers=headers).ok
    assert store.violations() == []
