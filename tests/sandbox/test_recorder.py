"""What the sandbox writes down: calls, broken rules, and effects that happened exactly once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.stage import Stage


def test_a_call_is_recorded_without_its_secrets(store: Stage) -> None:
    body = {"events": [], "target": "https://wms.example.com/", "secret_key": "hush-hush"}
    headers = {"X-Correlation-Id": "abc-1"}
    store.service.call("POST", "/webhooks/?x=1", body, headers=headers)
    [call] = store.calls("webhooksCreate")
    assert (call["method"], call["status"], call["correlation_id"]) == ("POST", 201, "abc-1")
    assert (call["path"][-10:], call["query"]) == ("/webhooks/", "x=1")
    assert call["body"]["target"] == "https://wms.example.com/"
    everything = json.dumps(store.control("GET", "calls"))
    assert "hush-hush" not in everything
    assert store.token not in everything


def test_a_well_behaved_client_leaves_no_violation(store: Stage) -> None:
    order_id = store.place()
    store.service.post(f"/fulfillment-orders/{order_id}/fulfillment-request/accept/")
    store.service.post(f"/fulfillment-orders/{order_id}/fulfillments/", {"notify": True})
    assert store.violations() == []


@pytest.mark.parametrize(
    ("version", "wanted"),
    [(None, "X-29next-API-Version is missing"), ("2023-02-10", "is '2023-02-10'")],
)
def test_the_version_header_is_missed(store: Stage, version: str | None, wanted: str) -> None:
    headers = {"X-29next-API-Version": version}
    assert store.service.call("GET", "/locations/", headers=headers).ok
    assert wanted in store.violations()[0]


def test_a_missing_slash_is_a_redirect_and_a_violation(store: Stage) -> None:
    answer = store.service.call("GET", "/locations")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("/locations/")
    assert store.violations() == ["the path does not end in a slash"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/locations/", {"callback": "https://wms.example.com"}),
        ("/webhooks/", {"events": [], "target": "https://a.example.com", "version": "1"}),
        ("/fulfillment-orders/80470/fulfillment-request/reject/", {"rejected_reason": "whim"}),
        ("/fulfillment-orders/80470/hold/", {}),
        ("/fulfillment-orders/80470/close/", {"message": None}),
        ("/fulfillment-orders/80470/fulfillments/", {"tracking_info": {"carrier": "ups"}}),
    ],
)
def test_a_body_the_contract_does_not_know_is_a_violation(
    store: Stage, path: str, body: dict[str, object]
) -> None:
    store.place()
    store.service.call("POST", path, body)
    assert len(store.violations()) >= 1


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(store: Stage, raw: bytes) -> None:
    order_id = store.place()
    path = f"/fulfillment-orders/{order_id}/fulfillment-request/accept/"
    answer = store.service.call("POST", path, data=raw)
    assert answer.status_code == 400
    assert len(store.violations()) == 1
    assert store.service.state(order_id) == ("open", "requested")


def test_a_merchants_call_with_a_services_token_is_a_violation(store: Stage) -> None:
    order_id = store.place(request=False)
    path = f"/fulfillment-orders/{order_id}/fulfillment-request/"
    scopes = ["fulfillment_orders:read", "fulfillment_orders:write"]
    store.control("POST", "tokens", {"token": "merchant", "scopes": scopes})
    store.client("merchant").post(path)
    assert store.violations() == []
    store.press(order_id, "withdraw")
    store.service.post(path)
    assert "for merchants" in store.violations()[0]


def test_of_twenty_accepts_at_once_one_is_applied(store: Stage) -> None:
    order_id = store.place()
    with ThreadPoolExecutor(20) as pool:
        steps = ["fulfillment-request/accept"] * 20
        answers = list(pool.map(lambda step: store.service.step(order_id, step), steps))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    assert len(store.effects("accept", order_id)) == 1


def test_of_twenty_shipments_at_once_one_is_applied(store: Stage) -> None:
    order_id = store.place()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: store.service.step(order_id, "fulfillments"), range(20)))
    assert len(store.control("GET", "state")["fulfillments"]) == 1


def test_the_state_tells_everything(store: Stage) -> None:
    order_id = store.place()
    store.service.step(order_id, "fulfillments")
    state = store.control("GET", "state")
    assert [each["name"] for each in state["locations"]] == ["Reno"]
    assert [each["id"] for each in state["fulfillment_orders"]] == [order_id]
    assert [each["fulfillment_order_id"] for each in state["fulfillments"]] == [order_id]
    assert (state["webhooks"], state["settings"]["page_size"]) == ([], 2)


@pytest.mark.parametrize(
    "wishes",
    [
        {"page_sise": 3},
        {"page_size": "3"},
        {"page_size": 0},
        {"create_status": 204},
        {"callbacks": {"mode": "loud"}},
        {"partial_listed_on": "both"},
    ],
)
def test_a_setting_that_does_not_exist_is_refused(store: Stage, wishes: dict[str, object]) -> None:
    before = store.control("GET", "state")["settings"]
    assert store.control("PUT", "settings", wishes, expect=400)["error"]
    assert store.control("GET", "state")["settings"] == before


def test_a_button_that_does_not_exist_is_refused(store: Stage) -> None:
    assert "ask-cancel" in store.press(store.place(), "explode", expect=400)["error"]
