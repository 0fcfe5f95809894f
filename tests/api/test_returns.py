"""What comes back, announced or not. Contract, operations 12 and 13."""

import uuid
from typing import Any

import pytest

from api.models import ExpectedReturn
from fulfillment import returns
from fulfillment.models import FulfillmentOrder
from fulfillment.returns import Back
from tests.api.caller import Program, accept, body, breaches, order, ship
from tests.factories import UserFactory


def departed(program: Program) -> FulfillmentOrder:
    row = program.placed(merchantOrderId="NW-10482")
    accept(row)
    ship(row)
    return order(row.pk)


def came_back(row: FulfillmentOrder, condition: str = "") -> Any:
    line = row.lines.order_by("pk").last()
    came = {line.pk: Back(1, condition)}
    return returns.book(row.pk, came, submission=uuid.uuid4(), by=UserFactory(), note="Box open")


def test_an_order_is_returned_when_nothing_of_it_is_out_any_more(program: Program) -> None:
    row = departed(program)
    before = program.get(f"orders/{row.pk}").said
    for line in row.lines.order_by("pk"):
        assert program.get(f"orders/{row.pk}").said["currentStatus"] == before["currentStatus"]
        came = {line.pk: Back(line.shipped, "damaged")}
        returns.book(row.pk, came, submission=uuid.uuid4(), by=UserFactory())
    after = program.get(f"orders/{row.pk}").said
    assert after["currentStatus"]["status"]["code"] == "040101"
    assert not breaches("OrderResponseV2", after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"currentStatus"}, "what has happened stays"
    assert program.call("DELETE", f"orders/{row.pk}").status == 405


def announce(program: Program, **changes: Any) -> Any:
    sent = {name: v for name, v in body("rma_request", **changes).items() if v is not None}
    return program.call("PUT", "returns", sent)


def test_nothing_came_back_is_an_empty_page(program: Program) -> None:
    answer = program.listed("returns")
    assert (answer.status, answer.said) == (200, body("returns_empty_page"))


def test_what_simply_came_is_listed(program: Program) -> None:
    row = departed(program)
    came_back(row, "damaged")
    answer = program.listed("returns")
    assert not breaches("ReturnsArrayV2", answer.said)
    [shown] = answer.said["data"]
    assert shown["order"]["id"] == row.pk
    assert shown["rmaNumber"] is None
    assert shown["status"]["title"] == "Processed"
    [item] = shown["rmaItems"]
    assert (item["quantityReturned"], item["quantityRestocked"]) == (1, 0)
    assert item["quantityExpected"] is None
    assert item["nonRestockedReason"]["title"] == "Damaged"
    assert program.get("returns", fromDate="2020-01-01", toDate="2020-01-02").said["data"] == []


def test_a_return_is_announced_changed_and_processed(program: Program) -> None:
    row = departed(program)
    first = announce(program)
    assert first.status == 201, first.said
    assert not breaches("RmaResponseV2", first.said)
    assert first.said["items"] == body("rma_request")["items"]
    changed = announce(program, items=[{"sku": "NW-TEA-SET", "quantityExpected": 2}])
    assert changed.status == 202
    assert not breaches("RmaResponseV2", changed.said)
    [expected] = program.listed("returns").said["data"]
    assert (expected["status"]["title"], expected["rmaNumber"]) == ("Expected", "RMA-2087")
    assert expected["rmaItems"][0]["quantityExpected"] == 2
    came_back(row)
    again = announce(program)
    assert (again.status, again.said["message"]) == (409, "RMA Already Processed")
    assert not breaches("RmaResponseV2", again.said)
    assert again.said["items"][0]["quantityExpected"] == 2
    listed = program.listed("returns")
    assert not breaches("ReturnsArrayV2", listed.said)
    [shown] = listed.said["data"]
    assert shown["id"] == expected["id"]
    assert shown["status"]["title"] == "Processed"
    assert shown["comments"] == "Box open"
    assert shown["rmaItems"][0]["quantityReturned"] == 1


def test_a_list_finds_out_by_itself_what_has_come(program: Program) -> None:
    row = departed(program)
    announce(program)
    came_back(row)
    [shown] = program.listed("returns").said["data"]
    assert shown["rmaNumber"] == "RMA-2087"
    assert ExpectedReturn.objects.get().came_with is not None


def test_one_without_an_order_waits_for_staff(program: Program) -> None:
    assert announce(program, merchantOrderId=None).status == 201
    listed = program.listed("returns")
    assert not breaches("ReturnsArrayV2", listed.said)
    assert listed.said["data"][0]["order"] is None


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"merchantOrderId": "NW-NOPE"}, 404, "Order not found: NW-NOPE"),
        (
            {"merchantOrderId": None, "items": [{"sku": "NW-NOPE", "quantityExpected": 1}]},
            404,
            body("rma_error_404")["message"],
        ),
        ({"items": []}, 422, "Validation Failure"),
        ({"rmaNumber": ""}, 422, "Validation Failure"),
        ({"rmaNumber": None}, 400, "Invalid request body"),
        ({"items": [{"sku": "NW-TEA-SET"}]}, 400, "Invalid request body"),
        ({"items": [{"sku": "NW-TEA-SET", "quantityExpected": 0}]}, 422, "Validation Failure"),
    ],
)
def test_what_is_unknown_or_wrong(
    program: Program, changes: dict[str, Any], status: int, message: str
) -> None:
    answer = announce(program, **changes)
    assert (answer.status, answer.said["message"]) == (status, message)
    assert not ExpectedReturn.objects.exists()


def test_pages_hold_both_kinds_in_one_order(program: Program) -> None:
    row = departed(program)
    came_back(row)
    for number in range(3):
        announce(program, rmaNumber=f"RMA-{number}", merchantOrderId=None)
    pages = [program.listed("returns", limit=2, page=page).said for page in (1, 2, 3)]
    ids = [each["id"] for page in pages for each in page["data"]]
    assert len(ids) == len(set(ids)) == 4
    assert ids == sorted(ids)
    assert pages[2]["data"] == []
    assert pages[0]["meta"]["pagination"]["totalPages"] == 2
