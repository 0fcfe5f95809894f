"""Orders: placed once, shown as they stand, cancelled in time. Contract, operations 3 to 7."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api.models import MerchantOrder
from fulfillment.models import (
    FulfillmentOrder,
    JobState,
    PartnerAccount,
    PartnerJob,
    ShipmentState,
    WorkStatus,
)
from fulfillment.transitions import Action
from platforms.records import RequestStatus
from tests.api.caller import Program, accept, body, breaches, order, ship, step


@pytest.mark.parametrize(
    "name",
    ["order_create_request", "order_create_request_minimal", "order_create_request_number_value"],
)
def test_every_request_of_the_contract_is_taken(program: Program, name: str) -> None:
    sent = body(name)
    sent.pop("merchantId", None)
    answer = program.call("POST", "orders", sent)
    assert answer.status == 201, answer.said
    assert not breaches("OrderResponseV2", answer.said)
    assert answer.said["merchantOrderId"] == sent["merchantOrderId"]
    assert answer.said["merchantShippingMethod"] == sent["shippingMethod"]
    assert "lineItems" not in answer.said
    assert "integrator" not in answer.said


def test_an_order_placed_here_is_an_order_like_any_other(program: Program) -> None:
    answer = program.place()
    row = order(answer.said["id"])
    assert row.request_status == RequestStatus.REQUESTED
    assert row.work_status == WorkStatus.NEW
    assert row.warehouse == program.warehouse
    assert row.store.merchant == program.merchant
    assert [(line.sku, line.ordered) for line in row.lines.all()] == [
        ("NW-MUG-BLUE", 2),
        ("NW-TEA-SET", 1),
    ]
    assert row.order.email == "amara.osei@example.com"
    assert row.note == "Gift, no price slip"
    assert answer.said["currentStatus"]["status"]["code"] == "010102"
    assert answer.said["currentStatus"]["createdBy"] == {"id": program.user.pk}
    assert answer.said["originalConsignee"]["iso"] == {
        "id": 840,
        "iso2": "US",
        "name": "United States",
    }


def test_the_second_one_hears_the_id_of_the_first_whatever_else_it_says(program: Program) -> None:
    first = program.place()
    again = program.place(shippingMethod="Express")
    assert (again.status, again.said) == (
        409,
        {"message": "Duplicate Order", "context": {"id": first.said["id"]}},
    )
    assert order(first.said["id"]).shipping_name == "Ground"
    # Validation comes first, and case counts.
    assert program.place(items=[]).status == 422
    assert program.place(merchantOrderId="nw-10482").status == 201


QUERIES = 14
RECIPIENT = body("order_create_request")["recipient"]


def item(**changes: Any) -> dict[str, Any]:
    return {"sku": "A", "quantity": 1, "declaredValue": "1", **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"items": [item(sku="NW-NOPE")]}, "010501"),
        ({"items": [item(sku="NW-TEA-SET", quantity=999)]}, "010801"),
        (
            {"recipient": {**RECIPIENT, "country": "Atlantis"}},
            "010407",
        ),
        ({"recipient": {**RECIPIENT, "postalCode": "X"}}, "010406"),
    ],
)
def test_a_problem_is_a_status_and_no_error(
    program: Program, changes: dict[str, Any], code: str
) -> None:
    answer = program.place(**changes)
    assert answer.status == 201
    status = answer.said["currentStatus"]
    assert status["status"]["code"] == code
    assert status["status"]["stage"]["name"]
    assert status["reason"]
    assert not breaches("OrderResponseV2", answer.said)


def test_an_order_without_a_warehouse_has_a_facility_problem(program: Program) -> None:
    program.merchant.stores.get().locations.all().delete()
    answer = program.place()
    assert answer.said["currentStatus"]["status"]["code"] == "010601"
    assert "warehouse" not in answer.said


@pytest.mark.parametrize(
    ("changes", "status", "path"),
    [
        ({"merchantOrderId": ""}, 422, "merchantOrderId"),
        ({"merchantOrderId": "N" * 65}, 422, "merchantOrderId"),
        ({"merchantOrderId": "N\x00"}, 422, "merchantOrderId"),
        ({"merchantOrderId": 12}, 400, ""),
        ({"merchantOrderId": None}, 400, ""),
        ({"recipient": "Amara"}, 400, ""),
        ({"items": {}}, 400, ""),
        ({"items": []}, 422, "items"),
        ({"items": [item(quantity=0)]}, 422, "items.0.quantity"),
        ({"items": [item(quantity="1")]}, 400, ""),
        ({"items": [item(quantity=True)]}, 400, ""),
        ({"items": [item(sku="")]}, 422, "items.0.sku"),
        (
            {"items": [item(declaredValue="1.2.3")]},
            422,
            "items.0.declaredValue",
        ),
        (
            {"items": [item(declaredValue=-1)]},
            422,
            "items.0.declaredValue",
        ),
        ({"items": [item(declaredValue=None)]}, 400, ""),
        ({"integrator": "Corner shop"}, 422, "integrator"),
        ({"warehouse": {"id": 999_999}}, 422, "warehouse.id"),
        ({"merchantId": 999_999}, 403, ""),
        ({"merchantId": "12"}, 400, ""),
    ],
)
def test_what_cannot_be_read_is_400_and_what_cannot_be_is_422(
    program: Program, changes: dict[str, Any], status: int, path: str
) -> None:
    answer = program.place(**changes)
    assert answer.status == status, answer.said
    assert answer.said["message"]
    if path:
        assert path in answer.said["context"]
    assert not MerchantOrder.objects.exists()


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b"NaN"])
def test_a_body_that_is_no_object_is_400(program: Program, sent: bytes) -> None:
    answer = program.call("POST", "orders", sent)
    assert (answer.status, answer.said) == (400, {"message": "Invalid request body"})


def test_a_body_beyond_all_measure_is_400(program: Program) -> None:
    assert program.call("POST", "orders", b'{"a": "' + b"x" * 3_000_000 + b'"}').status == 400


def test_values_are_shown_as_text_in_lines_only_when_asked_for(program: Program) -> None:
    items = [{"sku": "NW-TEA-SET", "quantity": 1, "declaredValue": 129.99}]
    row = program.placed(items=items, integrator="Shopify")
    plain = program.get(f"orders/{row.pk}")
    assert not {"lineItems", "integrator"} & plain.said.keys()
    full = program.get(f"orders/{row.pk}", hydrate="integrator,lineItems,trackingNumbers.carrier")
    assert full.said["integrator"] == "Shopify"
    [line] = full.said["lineItems"]
    assert line["requestedSkuData"]["declaredValue"] == "129.99"
    assert not breaches("OrderResponseV2", full.said)
    assert program.get(f"orders/{row.pk}", hydrate="everything").status == 400


def test_an_order_is_found_by_our_id_and_by_theirs(program: Program) -> None:
    row = program.placed(merchantOrderId="A/7 x")
    other = program.placed(merchantOrderId=str(row.pk))
    merchant = program.merchant.pk
    assert program.get(f"orders/{row.pk}").said["id"] == row.pk
    assert program.get(f"orders/{row.pk}", merchantId=merchant).said["id"] == other.pk
    assert program.get(f"orders/{other.pk}", merchantId=merchant).said["id"] == other.pk
    assert program.get("orders/A%2F7%20x").said["id"] == row.pk
    assert program.get("orders/A%2F7%20x", merchantId=merchant).said["id"] == row.pk
    assert program.get("orders/A%2F7%20x", merchantId=merchant + 1).status == 404
    assert program.get("orders/nowhere").said == {"message": "Order not found"}
    assert program.get("orders/1", merchantId="x").status == 400
    assert program.get("orders/%00").status == 404
    assert program.get("orders/99999999999999999999").status == 404


def test_the_milestones_are_set_once_and_shown(program: Program) -> None:
    row = program.placed()
    recorded = program.get(f"orders/{row.pk}").said["recordedOn"]
    accept(row)
    released = program.get(f"orders/{row.pk}").said
    assert released["currentStatus"]["status"]["code"] == "010901"
    assert not {"dispatchDate", "departDate"} & released.keys()
    step(row, Action.START_PICKING)
    picking = program.get(f"orders/{row.pk}").said
    assert picking["currentStatus"]["status"]["code"] == "020801"
    assert "dispatchDate" in picking
    step(row, Action.FINISH_PICKING, Action.PACK)
    ship(row)
    gone = program.get(f"orders/{row.pk}", hydrate="trackingNumbers.carrier").said
    assert gone["currentStatus"]["status"]["code"] == "030201"
    assert gone["currentStatus"]["status"]["isClosed"]
    assert gone["recordedOn"] == recorded
    assert gone["dispatchDate"] == picking["dispatchDate"]
    assert gone["departDate"] >= gone["dispatchDate"]
    assert gone["trackingNumbers"] == [
        {"value": "1ZC1F423YW00189001", "carrier": {"id": 1, "name": "UPS", "symbol": "UPS"}}
    ]
    assert not breaches("OrderResponseV2", gone)
    assert program.get(f"orders/{row.pk}").said["departDate"] == gone["departDate"]


def test_asking_is_what_tells_the_merchant(program: Program) -> None:
    row = program.placed()
    accept(row)
    shipment = ship(row)
    assert shipment.state == ShipmentState.QUEUED
    for _ in range(2):
        assert program.get(f"orders/{row.pk}").status == 200
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.CONFIRMED


def test_it_is_cancelled_before_it_is_dispatched_and_twice_is_as_once(program: Program) -> None:
    for begin in ((), (accept,)):
        row = program.placed()
        for act in begin:
            act(row)
        for _ in range(2):
            # Some clients send a body.
            answer = program.call("DELETE", f"orders/{row.pk}", {})
            assert answer.status == 200
            assert answer.said["currentStatus"]["status"]["code"] == "050101"
            assert answer.said["currentStatus"]["createdBy"] == {"id": program.user.pk}
            assert not breaches("OrderResponseV2", answer.said)
        row = order(row.pk)
        assert row.work_status == WorkStatus.CANCELLED
        assert row.request_status == RequestStatus.CANCEL_ACCEPTED
        assert row.open_problems == 0
        assert not row.lines.filter(open__gt=0).exists()


def test_it_is_too_late_to_cancel_once_somebody_works_on_it(program: Program) -> None:
    row = program.placed()
    accept(row)
    step(row, Action.START_PICKING)
    answer = program.call("DELETE", f"orders/{row.pk}")
    assert (answer.status, answer.said) == (405, {"message": "Order could not be canceled"})
    step(row, Action.FINISH_PICKING, Action.PACK)
    ship(row)
    assert program.call("DELETE", f"orders/{row.pk}").status == 405
    assert order(row.pk).work_status == WorkStatus.SHIPPED


@pytest.mark.parametrize("number", ["x", "NW-10482", "0", "-1", "99999999999", "2147483648"])
def test_only_our_ids_cancel(program: Program, number: str) -> None:
    program.place()
    assert program.call("DELETE", f"orders/{number}").status == 404
    assert FulfillmentOrder.objects.get().work_status == WorkStatus.NEW


def test_a_cancelled_order_keeps_its_number(program: Program) -> None:
    first = program.place()
    program.call("DELETE", f"orders/{first.said['id']}")
    assert program.place().said["context"] == {"id": first.said["id"]}


def test_orders_are_listed_by_when_they_were_recorded(program: Program) -> None:
    rows = [program.placed() for _ in range(3)]
    assert program.listed(merchantIds=program.merchant.pk + 1).status == 404
    whole = program.listed()
    assert not breaches("OrdersArrayV2", whole.said)
    assert [each["id"] for each in whole.said["data"]] == [row.pk for row in rows]
    pages = [program.listed(limit=2, page=page) for page in (1, 2, 3)]
    assert [len(page.said.get("data", ())) for page in pages] == [2, 1, 0]
    assert pages[1].said["meta"]["pagination"] == {
        "total": 3,
        "count": 1,
        "currentPage": 2,
        "totalPages": 2,
    }
    assert (pages[2].status, pages[2].said) == (404, {"message": "No Orders Found"})
    recorded = whole.said["data"][0]["recordedOn"]
    assert program.get("orders", fromDate=recorded, toDate=recorded).status == 200
    short = program.listed("orders/simple")
    assert not breaches("OrdersSimpleArrayV2", short.said)
    assert short.said["data"][0]["merchantOrderId"] == str(rows[0].order)


def test_orders_of_the_same_moment_are_listed_by_their_ids(program: Program) -> None:
    rows = [program.placed() for _ in range(3)]
    MerchantOrder.objects.update(recorded_at=timezone.now())
    pages = [program.listed(limit=1, page=page).said["data"] for page in (1, 2, 3)]
    assert [each["id"] for page in pages for each in page] == [row.pk for row in rows]


def test_a_list_costs_as_many_queries_for_many_as_for_one(
    program: Program, django_assert_num_queries: Any
) -> None:
    program.placed()
    with django_assert_num_queries(QUERIES):
        program.listed(hydrate="lineItems")
    for _ in range(4):
        program.placed()
    with django_assert_num_queries(QUERIES):
        program.listed(hydrate="lineItems")


def test_the_longest_window_ends_before_the_calendar(program: Program) -> None:
    program.placed()
    long = program.get("orders", fromDate="0001-01-01", toDate="9999-12-31")
    assert long.status == 200
    beyond = program.get("orders", fromDate="0001-01-01T00:00:00+10:00", toDate="9999-12-31")
    assert beyond.status == 400
    ago = timezone.now() - timedelta(days=2)
    assert program.get("orders", fromDate=ago.date(), toDate=ago.date()).status == 404


def test_numbers_on_a_partners_labels_are_shown_until_the_parcels_leave(program: Program) -> None:
    row = program.placed()
    accept(row)
    account = PartnerAccount.objects.create(
        partner_key="fulfillment_com", warehouse=program.warehouse, merchant=program.merchant
    )
    job = PartnerJob.objects.create(
        fulfillment_order=row, account=account, cycle=1, reference="CD-1", state=JobState.GIVEN
    )
    assert program.get(f"orders/{row.pk}").said["trackingNumbers"] == []
    for number, carrier, shown in (("1Z1", "FedEx", 3), ("1Z2", "Pony Express", 99)):
        job.tracking = [{"number": number, "carrier": carrier, "carrier_ref": ""}]
        job.save()
        said = program.get(f"orders/{row.pk}", hydrate="trackingNumbers.carrier").said
        assert not breaches("OrderResponseV2", said)
        [label] = said["trackingNumbers"]
        assert (label["value"], label["carrier"]["id"], label["carrier"]["name"]) == (
            number,
            shown,
            carrier,
        )
        assert program.listed("orders/simple").said["data"][0]["trackingNumbers"] == [number]
    job.state = JobState.DONE
    job.save()
    ship(row, "1Z3")
    [label] = program.get(f"orders/{row.pk}").said["trackingNumbers"]
    assert label["value"] == "1Z3"
