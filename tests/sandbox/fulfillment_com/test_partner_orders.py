"""What the fake partner makes of orders, step by step; numbers are the contract's server checks."""

import csv
import threading
from typing import Any

import pytest

from sandbox.fulfillment_com.codes import STATUSES
from tests.sandbox.fulfillment_com.stage import CONTRACT, Partner, example

WINDOW = "fromDate=2020-01-01&toDate=2100-01-01"


def code(order: dict[str, Any]) -> str:
    return str(order["currentStatus"]["status"]["code"])


def test_the_table_is_the_published_one() -> None:
    with (CONTRACT / "status_codes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    published = [(x["code"], x["state"], x["stage"], x["detail"], x["variant"]) for x in rows]
    ours = [(x.code, x.state, x.stage, x.detail, str(x.variant)) for x in STATUSES]
    assert ours == published
    assert len(ours) == 50


@pytest.mark.parametrize(
    "name", ["order_create_request_minimal", "order_create_request_number_value"]
)
def test_every_example_of_an_order_is_taken(partner: Partner, name: str) -> None:
    body = {**example(name), "merchantOrderId": "NW-7"}
    assert partner.good("POST", "/orders", body)["merchantOrderId"] == "NW-7"


def test_the_same_number_makes_one_order_and_names_the_first(partner: Partner) -> None:
    """Check 4."""
    first = partner.order()
    body = {**example("order_create_request"), "merchantOrderId": "NW-1"}
    again = partner.call("POST", "/orders", body)
    assert (again.status_code, again.json()["context"]) == (409, {"id": first["id"]})
    assert len(partner.effects("create")) == 1
    assert partner.violations() == []
    partner.settings(context_shape="array")
    assert partner.call("POST", "/orders", body).json()["context"] == [{"id": first["id"]}]
    partner.call("POST", "/orders", {**body, "shippingMethod": "Express"})
    assert partner.violations() == ["the same number is given to two different orders"]


def test_two_equal_requests_at_the_same_time_make_one_order(partner: Partner) -> None:
    """Check 4."""
    body = {**example("order_create_request"), "merchantOrderId": "NW-1"}
    answers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(partner.call("POST", "/orders", body).status_code)
        )
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"recipient": None}, 400),
        ({"items": [{"sku": "A", "quantity": "2", "declaredValue": "1"}]}, 400),
        ({"shippingMethod": 7}, 400),
        ({"items": []}, 422),
        ({"items": [{"sku": "A", "quantity": 0, "declaredValue": "1"}]}, 422),
        ({"items": [{"sku": "A", "quantity": 1, "declaredValue": "1.2.3"}]}, 422),
        ({"merchantOrderId": ""}, 422),
        ({"warehouse": {"id": 99}}, 422),
        ({"merchantId": 1}, 403),
    ],
)
def test_what_is_no_order_is_refused(partner: Partner, wrong: dict[str, Any], status: int) -> None:
    """Check 12, and section 4: also where the number is taken already."""
    partner.order("NW-10482")
    answer = partner.call("POST", "/orders", {**example("order_create_request"), **wrong})
    assert answer.status_code == status
    assert len(partner.effects("create")) == 1


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        ({"items": [{"sku": "GONE", "quantity": 1, "declaredValue": "1"}]}, "010501"),
        ({"items": [{"sku": "NW-TEA-SET", "quantity": 101, "declaredValue": "1"}]}, "010801"),
        ({"shippingMethod": "Balloon"}, "010701"),
    ],
)
def test_what_is_merely_wrong_is_taken_with_a_problem(
    partner: Partner, wish: dict[str, Any], problem: str
) -> None:
    assert code(partner.order(**wish)) == problem


def test_a_merchant_with_several_names_must_say_which(partner: Partner) -> None:
    partner.control("POST", "merchants", {"id": 50013})
    body = {**example("order_create_request")}
    del body["merchantId"]
    assert partner.call("POST", "/orders", body).status_code == 400
    # Numbers count per merchant.
    assert partner.order("X", merchantId=50013)["id"] != partner.order("X")["id"]


def test_an_order_is_found_by_either_number(partner: Partner) -> None:
    """Check 5."""
    order = partner.order()
    for path in (
        f"/orders/{order['id']}",
        "/orders/NW-1?merchantId=50012",
        f"/orders/{order['id']}?merchantId=50012",
    ):
        assert partner.get(path)["id"] == order["id"]
    assert partner.violations() == []
    assert partner.get("/orders/NW-1")["id"] == order["id"]
    assert partner.violations() == ["a merchant's own number is asked for without merchantId"]
    assert partner.call("GET", "/orders/NW-1?merchantId=50013").status_code == 404
    # Its number is the other's id: the merchant decides which is meant.
    other = partner.order(str(order["id"]))
    assert partner.get(f"/orders/{order['id']}")["id"] == order["id"]
    assert partner.get(f"/orders/{order['id']}?merchantId=50012")["id"] == other["id"]


def test_an_order_can_be_cancelled_until_its_dispatch(partner: Partner) -> None:
    """Check 6."""
    first, second = partner.order("A"), partner.order("B")
    for _ in range(2):
        assert code(partner.good("DELETE", f"/orders/{first['id']}", {})) == "050101"
    partner.settings(cancel_twice=405)
    assert partner.call("DELETE", f"/orders/{first['id']}").status_code == 405
    partner.press(second, "approve", "release", "dispatch")
    assert partner.call("DELETE", f"/orders/{second['id']}").status_code == 405
    partner.press(second, "begin-again")
    assert code(partner.good("DELETE", f"/orders/{second['id']}")) == "050101"
    assert partner.call("DELETE", "/orders/NW-1").status_code == 404


def test_tracking_changes_until_the_parcel_departs_and_then_never(partner: Partner) -> None:
    """Check 11."""
    order = partner.press(partner.order(), "approve", "release", "dispatch")
    assert "departDate" not in order
    [first] = order["trackingNumbers"]
    [second] = partner.press(order, "relabel")["trackingNumbers"]
    assert second["value"] != first["value"]
    assert partner.press(order, "void")["trackingNumbers"] == []
    partner.control("POST", f"orders/{order['id']}/depart", expect=409)
    departed = partner.press(order, "relabel", "depart")
    assert code(departed) == "030201"
    for action in ("relabel", "ship-elsewhere", "begin-again", "cancel", "stop"):
        partner.control("POST", f"orders/{order['id']}/{action}", expect=409)
    shown = partner.get(f"/orders/{order['id']}")
    assert shown["departDate"] == departed["departDate"]
    assert shown["trackingNumbers"] == departed["trackingNumbers"]


def test_a_released_order_may_be_shipped_elsewhere_at_once(partner: Partner) -> None:
    order = partner.order()
    partner.control("POST", f"orders/{order['id']}/ship-elsewhere", expect=409)
    assert partner.get(f"/orders/{order['id']}")["trackingNumbers"] == []
    shipped = partner.press(order, "release", "ship-elsewhere")
    assert (code(shipped), shipped["departDate"]) == ("030101", shipped["dispatchDate"])


def test_two_statuses_share_a_code_and_are_told_apart(partner: Partner) -> None:
    order = partner.press(partner.order(), "dispatch", "hold-departure")
    held = order["currentStatus"]["status"]
    voided = partner.press(order, "void")["currentStatus"]["status"]
    assert held["code"] == voided["code"] == "020301"
    assert (held["stage"]["name"], voided["stage"]["name"]) == ("Hold", "Postage Voided")


def test_who_has_to_act_is_said(partner: Partner) -> None:
    order = partner.press(partner.order(), "stop", code="010302", reason="Balance too low")
    event = order["currentStatus"]
    assert event["reason"] == "Balance too low"
    assert event["status"]["actionRequiredBy"] == {"id": 2, "name": "Merchant"}


def test_nodes_are_hydrated_when_asked_for(partner: Partner) -> None:
    """Check 10."""
    order = partner.press(partner.order(), "dispatch")
    plain = partner.get(f"/orders/{order['id']}")
    assert not {"lineItems", "integrator"} & set(plain)
    assert set(plain["trackingNumbers"][0]["carrier"]) == {"id"}
    wanted = "hydrate=lineItems,integrator&hydrate=trackingNumbers.carrier"
    full = partner.get(f"/orders/{order['id']}?{wanted}")
    assert [each["requestedSkuData"]["quantity"] for each in full["lineItems"]] == [2, 1]
    assert full["trackingNumbers"][0]["carrier"]["name"] == "UPS"
    assert partner.call("GET", f"/orders/{order['id']}?hydrate=all").status_code == 400


def test_a_list_is_paged_and_an_empty_page_is_not_found(partner: Partner) -> None:
    """Checks 7 and 8."""
    assert partner.call("GET", f"/orders?{WINDOW}").status_code == 404
    for number in range(5):
        partner.order(f"NW-{number}")
    pages = [partner.get(f"/orders?{WINDOW}&limit=2&page={page}") for page in (1, 2, 3)]
    paging = [each["meta"]["pagination"] for each in pages]
    assert [each["count"] for each in paging] == [2, 2, 1]
    assert {(each["total"], each["totalPages"]) for each in paging} == {(5, 3)}
    assert partner.call("GET", f"/orders?{WINDOW}&limit=2&page=4").status_code == 404
    for wrong in ("limit=201", "limit=0", "page=0", "page=x"):
        assert partner.call("GET", f"/orders?{WINDOW}&{wrong}").status_code == 400
    for wrong in ("", "?fromDate=2026-01-01", "?fromDate=2027-01-02&toDate=2027-01-01"):
        assert partner.call("GET", f"/orders{wrong}").status_code == 400


def test_both_ends_of_a_window_are_inside(partner: Partner) -> None:
    """Check 7; a plus sign that nobody escaped is read all the same."""
    recorded = partner.order()["recordedOn"]
    day = recorded[:10]
    for window in (
        f"fromDate={day}&toDate={day}",
        f"fromDate={day}T00:00:00+00:00&toDate={recorded[:10]}T23:59:59+00:00",
    ):
        assert partner.get(f"/orders?{window}")["meta"]["pagination"]["total"] == 1


@pytest.mark.parametrize(
    "spelling",
    [
        "merchantIds=50012,7",
        "merchantIds=50012%2C7",
        "merchantIds=7&merchantIds=50012",
        "merchantIds[]=7&merchantIds[]=50012",
        "merchantIds=",
    ],
)
def test_several_values_in_every_spelling(partner: Partner, spelling: str) -> None:
    """Check 9."""
    partner.order()
    assert partner.get(f"/orders?{WINDOW}&{spelling}")["meta"]["pagination"]["total"] == 1
    assert partner.call("GET", f"/orders?{WINDOW}&merchantIds=7").status_code == 404
    assert partner.violations() == []
