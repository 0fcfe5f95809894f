"""What a partner may say of an order, and when. Contract, operations 8 and 9, and section 8."""

from uuid import uuid4

import pytest

from fulfillment import problems, returns, shipments
from fulfillment.models import Problem, Source, WorkStatus
from fulfillment.returns import Back
from fulfillment.shipments import Leaving
from platforms.records import ParcelRecord
from tests.api.caller import Heard, Program, accept, body, breaches, order, ship
from tests.factories import UserFactory


def say(program: Program, pk: int, code: str, reason: str = "So it is") -> Heard:
    return program.call("PUT", f"orders/{pk}/status", {"status": {"code": code}, "reason": reason})


def leave(program: Program, pk: int, number: str = "1ZC1F423YW00189001") -> Heard:
    sent = body("order_ship_request", trackingNumber=number)
    return program.call("PUT", f"orders/{pk}/ship", sent)


def test_a_partner_ships_what_was_accepted(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    answer = leave(partner, row.pk)
    assert answer.status == 200, answer.said
    assert not breaches("OrderResponseV2", answer.said)
    status = answer.said["currentStatus"]
    assert status["status"]["code"] == "030101"
    assert status["createdBy"] == {"id": partner.user.pk}
    assert answer.said["dispatchDate"] == answer.said["departDate"]
    assert [each["value"] for each in answer.said["trackingNumbers"]] == ["1ZC1F423YW00189001"]
    row = order(row.pk)
    assert row.work_status == WorkStatus.SHIPPED
    assert row.shipments.get().shipped_by == partner.user
    weight = "A partner says: its weight is 2.4, in a unit that the contract does not name."
    assert row.events.get(text=weight).user == partner.user
    again = leave(partner, row.pk, "1Z2")
    assert (again.status, again.said) == (
        409,
        body("order_ship_error_409", context={"id": row.pk}),
    )
    assert order(row.pk).parcels.count() == 1


def test_what_nobody_accepted_cannot_be_shipped(partner: Program) -> None:
    row = partner.placed()
    answer = leave(partner, row.pk)
    assert (answer.status, answer.said["context"]) == (409, {"id": row.pk})
    partner.call("DELETE", f"orders/{row.pk}")
    assert leave(partner, row.pk).status == 409
    assert say(partner, row.pk, "020801").status == 409
    assert leave(partner, 99_999).status == 404


def test_only_what_is_released_can_be_shipped(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    for code in ("010201", "010307"):
        say(partner, row.pk, code)
        assert leave(partner, row.pk).said["message"] == "Order is not released"
    say(partner, row.pk, "010901")
    assert leave(partner, row.pk).status == 200


@pytest.mark.parametrize(
    "sent",
    [{}, {"trackingNumber": ""}, {"trackingNumber": 7}, {"trackingNumber": "1" * 101}, [],
     {"trackingNumber": "1Z", "weightOverride": "2.4"}],
)  # fmt: skip
def test_a_shipment_that_cannot_be_read_is_400(partner: Program, sent: object) -> None:
    row = partner.placed()
    accept(row)
    assert partner.call("PUT", f"orders/{row.pk}/ship", sent).status == 400


def test_the_first_step_on_the_floor_dispatches_it(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    sent = body("order_status_request")
    answer = partner.call("PUT", f"orders/{row.pk}/status", sent)
    assert answer.status == 200, answer.said
    assert not breaches("OrderResponseV2", answer.said)
    assert answer.said["currentStatus"]["reason"] == "Picker started"
    assert answer.said["currentStatus"]["status"]["code"] == "020801"
    dispatched = answer.said["dispatchDate"]
    assert order(row.pk).work_status == WorkStatus.PICKING
    assert partner.call("DELETE", f"orders/{row.pk}").status == 405
    assert say(partner, row.pk, "020601").said["dispatchDate"] == dispatched
    packed = say(partner, row.pk, "021001").said
    assert packed["currentStatus"]["status"]["code"] == "021001"
    assert order(row.pk).work_status == WorkStatus.PACKED
    assert say(partner, row.pk, "030201").status == 409
    gone = leave(partner, row.pk).said
    assert gone["dispatchDate"] == dispatched


def test_a_new_iteration_can_be_cancelled_again(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    say(partner, row.pk, "020801")
    back = say(partner, row.pk, "010406", "No such code there").said
    assert back["currentStatus"]["status"]["code"] == "010406"
    assert "dispatchDate" not in back
    assert Problem.objects.get(settled_at=None).detail == "A partner says: No such code there"
    again = say(partner, row.pk, "020801").said
    assert not Problem.objects.filter(settled_at=None).exists()
    assert again["currentStatus"]["status"]["code"] == "020801"
    say(partner, row.pk, "010901")
    answer = partner.call("DELETE", f"orders/{row.pk}")
    assert (answer.status, answer.said["currentStatus"]["status"]["code"]) == (200, "050101")


@pytest.mark.parametrize(
    ("code", "reason", "stage", "detail"),
    [
        ("020301", "Label was wrong", "Postage Voided", "Postage Void Failed Gracefully"),
        ("020301", "departure hold requested", "Hold", "Departure Hold Requested"),
        ("010501", "Which one?", "Sku Problem", "Invalid SKU"),
        ("010501", "Child order has invalid SKUs", "Sku Problem", "Child Order has Invalid SKUs"),
    ],
)
def test_codes_that_stand_twice_are_told_apart(
    partner: Program, code: str, reason: str, stage: str, detail: str
) -> None:
    row = partner.placed()
    accept(row)
    answer = say(partner, row.pk, code, reason)
    assert answer.status == 200, answer.said
    shown = partner.get(f"orders/{row.pk}").said["currentStatus"]
    assert shown["status"]["code"] == code
    assert (shown["status"]["stage"]["name"], shown["status"]["detail"]) == (stage, detail)
    assert shown["reason"] == reason


def test_after_departure_only_what_the_contract_allows(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    leave(partner, row.pk)
    for wrong in ("020801", "010307", "050101", "030201"):
        assert say(partner, row.pk, wrong).status == 409, wrong
    assert say(partner, row.pk, "030102").status == 200
    assert say(partner, row.pk, "030101").status == 200
    returned = say(partner, row.pk, "040101", "Refused at the door").said
    assert returned["currentStatus"]["status"]["code"] == "040101"
    assert returned["departDate"]
    assert say(partner, row.pk, "030101").status == 409


def test_what_a_partner_has_said_stays_when_we_find_the_same(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    leave(partner, row.pk)
    said = say(partner, row.pk, "040101", "Refused at the door").said["currentStatus"]
    came = {line.pk: Back(line.shipped) for line in order(row.pk).lines.all()}
    returns.book(row.pk, came, submission=uuid4(), by=UserFactory())
    assert order(row.pk).status_code.code == "040101"
    assert partner.get(f"orders/{row.pk}").said["currentStatus"] == said


@pytest.mark.parametrize("code", ["050101", "060101"])
def test_a_partner_neither_cancels_nor_makes_tests(partner: Program, code: str) -> None:
    row = partner.placed()
    assert say(partner, row.pk, code).status == 409
    assert partner.get(f"orders/{row.pk}").said["currentStatus"]["status"]["code"] == "010102"


def test_an_unknown_code_is_422(partner: Program) -> None:
    row = partner.placed()
    answer = say(partner, row.pk, "999999")
    assert (answer.status, answer.said) == (422, body("order_status_error_422"))
    for sent in ({}, {"status": "020801"}, {"status": {"code": 20801}, "reason": "x"}):
        assert partner.call("PUT", f"orders/{row.pk}/status", sent).status == 400


def test_what_the_floor_does_is_seen_by_the_merchant_too(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    say(partner, row.pk, "020601", "Label printed")
    ship(order(row.pk))
    assert partner.get(f"orders/{row.pk}").said["currentStatus"]["status"]["code"] == "030201"


def test_what_has_left_in_part_is_not_begun_anew(partner: Program) -> None:
    row = partner.placed()
    accept(row)
    first, *_ = row.lines.order_by("pk")
    leaving = Leaving({first.pk: 1}, [ParcelRecord("ups", "1Z1")], notify=True, submission=uuid4())
    shipments.ship(row.pk, leaving, by=UserFactory())
    assert order(row.pk).work_status == WorkStatus.PARTLY_SHIPPED
    problems.open_one(order(row.pk), Source.FLOOR, "The rest is not on its shelf.", code="010801")
    assert say(partner, row.pk, "020601").status == 200
    assert say(partner, row.pk, "010406").status == 409
    assert order(row.pk).work_status == WorkStatus.PARTLY_SHIPPED
