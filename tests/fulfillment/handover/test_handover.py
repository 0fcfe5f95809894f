"""An accepted order goes to the partner once, leaves there, and the store hears of it."""

import pytest

from fulfillment.handover import repeating
from fulfillment.models import (
    FulfillmentOrder,
    JobState,
    PartnerAccount,
    PartnerExchange,
    PartnerJob,
    Shipment,
)
from fulfillment.transitions import Action
from inventory.models import Product
from platforms.errors import Refusal
from tests.conftest import SKU
from tests.dock import Dock
from tests.factories import stock
from tests.fulfillment.handover.conftest import Partner
from tests.work import work

HELD = "on hold here"


def test_an_accepted_order_is_handed_over_shipped_and_told(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    assert (job.state, job.reference) == (JobState.GIVEN, f"CD-{order.pk}-1")
    [there] = partner.orders()
    assert there["merchantOrderId"] == job.reference
    assert there["originalConsignee"]["lastName"] == "Whitfield"
    assert [each["lineDetails"]["externalSku"] for each in there["lineItems"]] == [SKU]
    assert dock.state(order) == ("accepted", "picking")

    partner.press(job, "approve", "release", "dispatch")
    job.refresh_from_db()
    assert (job.upstream_code, len(job.tracking)) == ("020201", 1)
    first = job.tracking[0]["number"]
    assert not Shipment.objects.exists(), "a number may change before the parcel departs"

    partner.press(job, "relabel", "depart", carrier="FedEx")
    assert dock.state(order) == ("closed", "shipped")
    [parcel] = order.parcels.all()
    assert parcel.carrier == "fedex"
    assert parcel.tracking_code != first
    [told] = dock.shop.effects("fulfillment")
    assert told["detail"]["tracking_codes"] == [parcel.tracking_code]
    assert partner.job(order).state == JobState.DONE
    partner.turn()
    assert Shipment.objects.count() == 1


def test_what_the_partner_has_begins_anew_only_there(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    [(_, reason)] = dock.step(Action.BEGIN_ANEW, order).refused
    assert "Take it back from the partner first." in reason
    assert dock.state(order) == ("accepted", "picking")


def test_what_nobody_has_accepted_stays_here(partner: Partner, dock: Dock) -> None:
    order = dock.place()
    partner.turn()
    assert partner.orders() == []
    dock.reject(order)
    partner.turn()
    assert not PartnerJob.objects.exists()


def test_another_warehouse_is_none_of_the_partner(
    partner: Partner, order: FulfillmentOrder
) -> None:
    FulfillmentOrder.objects.filter(pk=order.pk).update(warehouse=None)
    partner.turn()
    assert partner.orders() == []


@pytest.mark.parametrize(
    "kind", ["drop_before", "drop_after", "error_500_before", "error_500_after", "empty_after"]
)
def test_a_lost_answer_makes_no_second_order(
    partner: Partner, order: FulfillmentOrder, kind: str
) -> None:
    partner.fault(kind, "post-orders")
    partner.turn()
    assert partner.job(order).state == JobState.IN_DOUBT
    partner.turn()
    assert partner.job(order).state == JobState.GIVEN
    assert len(partner.effects("create")) == 1


def test_a_dead_worker_leaves_a_job_that_is_looked_for_first(
    partner: Partner, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    # It died after the partner had it, and before we wrote that down.
    PartnerJob.objects.filter(pk=job.pk).update(state=JobState.SENDING, ref="")
    partner.turn()
    assert partner.job(order).ref == job.ref
    asked = partner.act("GET", "calls?operation=post-orders")["calls"]
    assert len(asked) == 1


def test_tokens_are_renewed_and_kept(partner: Partner, order: FulfillmentOrder) -> None:
    partner.turn()
    before = PartnerAccount.objects.get().credentials
    partner.act("DELETE", "tokens")
    partner.turn()
    after = PartnerAccount.objects.get().credentials
    assert before["fdc_access_token"] != after["fdc_access_token"]
    assert before["fdc_refresh_token"] != after["fdc_refresh_token"]
    assert partner.job(order).upstream_code == "010102"


def test_a_login_that_is_not_taken_pauses_the_account(
    partner: Partner, order: FulfillmentOrder
) -> None:
    before = len(partner.effects("token"))
    partner.account.set_credentials(
        fdc_password="wrong", fdc_access_token="", fdc_refresh_token="", fdc_token_until=""
    )
    partner.account.save()
    partner.turn()
    account = PartnerAccount.objects.get()
    assert account.paused_at
    assert "gave no token" in account.pause_reason
    assert partner.job(order).state == JobState.WAITING
    partner.turn()
    assert len(partner.effects("token")) == before


def test_no_secret_is_kept_in_an_exchange(partner: Partner, order: FulfillmentOrder) -> None:
    partner.turn()
    kept = str([(each.request_body, each.answer) for each in PartnerExchange.objects.all()])
    assert "POST" in {each.method for each in PartnerExchange.objects.all()}
    open_ones = ("fdc_client_id", "fdc_username", "fdc_token_until")
    credentials = PartnerAccount.objects.get().credentials
    hidden = [value for name, value in credentials.items() if name not in open_ones]
    assert len(hidden) == 4
    assert [each for each in hidden if each in kept] == []


def test_what_the_partner_does_not_take_is_for_a_person(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.account.options = {**partner.account.options, "warehouse_id": "99"}
    partner.account.save()
    partner.turn()
    job = partner.job(order)
    assert (job.state, dock.state(order)) == (JobState.REFUSED, ("accepted", "allocated"))
    [problem] = order.problems.filter(settled_at=None)
    assert "warehouse.id: is not known" in problem.detail
    partner.account.options = {**partner.account.options, "warehouse_id": "3"}
    partner.account.save()
    repeating.again(job)
    partner.turn()
    assert partner.job(order).state == JobState.GIVEN
    assert not order.problems.filter(settled_at=None).exists()


def test_a_snag_at_the_partner_is_shown_until_it_is_gone(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    partner.press(job, "stop", code="010404", reason="No such street")
    order.refresh_from_db()
    assert (order.status_code.code if order.status_code else "") == "010404"
    [problem] = order.problems.filter(settled_at=None)
    assert "No such street" in problem.detail
    assert "It waits for: Merchant." in problem.detail
    partner.press(job, "stop", code="010302", reason="Balance too low")
    order.refresh_from_db()
    assert (order.held_here, order.open_problems) == (True, 1)
    partner.press(job, "approve")
    order.refresh_from_db()
    assert (order.held_here, order.open_problems) == (False, 0)


@pytest.mark.parametrize("code", ["770101", "060101"])
def test_a_status_that_is_not_for_shipping_changes_nothing_and_is_shown(
    partner: Partner, dock: Dock, order: FulfillmentOrder, code: str
) -> None:
    partner.turn()
    partner.press(partner.job(order), "say", code=code)
    assert dock.state(order) == ("accepted", "picking")
    assert order.problems.filter(settled_at=None).count() == 1
    assert partner.job(order).upstream_code == code


def test_a_cancellation_is_tried_at_the_partner_first(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    assert dock.state(order)[0] == "cancel_requested"
    partner.turn()
    assert dock.state(order) == ("cancel_accepted", "cancelled")
    assert dock.state_there(order) == ("canceled", "cancel_accepted")
    [there] = partner.orders()
    assert there["currentStatus"]["status"]["code"] == "050101"
    assert partner.job(order).state == JobState.CANCELLED


def test_a_cancellation_that_comes_too_late_there_is_rejected(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    partner.press(job, "dispatch")
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    partner.turn()
    assert dock.state(order)[0] == "cancel_rejected"
    assert "too late" in dock.story(order)
    partner.turn()
    asked = partner.act("GET", "calls?operation=delete-orders-id")["calls"]
    assert len(asked) == 1
    partner.press(job, "depart")
    assert dock.state(order)[1] == "shipped"


def test_a_cancellation_in_doubt_is_answered_when_the_partner_shows_it(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    partner.fault("drop_after", "delete-orders-id")
    partner.turn()
    assert dock.state(order)[0] == "cancel_requested"
    partner.turn()
    assert dock.state(order) == ("cancel_accepted", "cancelled")


def test_what_was_cancelled_here_behind_the_partner_is_stopped_or_shown(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    partner.press(partner.job(order), "dispatch")
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    dock.accept_cancellation(order)
    partner.turn()
    assert dock.state(order)[0] == "cancel_accepted"
    problems = [each.detail for each in order.problems.filter(settled_at=None)]
    assert any("does not stop it any more" in each for each in problems)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("status_429", JobState.CANCELLED),
        ("drop_before", JobState.CANCELLED),
        ("drop_after", JobState.CANCELLED),
    ],
)
def test_what_is_cancelled_before_the_partner_has_it_is_not_asked_for_again(
    partner: Partner, dock: Dock, order: FulfillmentOrder, fault: str, state: JobState
) -> None:
    """Also what is in doubt: it is looked for, and stopped if it is there."""
    partner.act("POST", "faults", {"kind": fault, "operation": "post-orders", "times": 1})
    partner.turn()
    partner.act("DELETE", "faults")
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    dock.accept_cancellation(order)
    work()
    asked = len(partner.act("GET", "calls?operation=post-orders")["calls"])
    for _ in range(3):
        partner.turn()
    assert len(partner.act("GET", "calls?operation=post-orders")["calls"]) == asked
    assert partner.job(order).state == state
    codes = {each["currentStatus"]["status"]["code"] for each in partner.orders()}
    assert codes <= {"050101"}
    assert dock.state(order) == ("cancel_accepted", "cancelled")


def test_an_order_that_the_partner_has_lost_is_shown(
    partner: Partner, order: FulfillmentOrder
) -> None:
    partner.turn()
    PartnerJob.objects.update(ref="7")
    for _ in range(2):
        partner.turn()
    [problem] = order.problems.filter(settled_at=None)
    assert "does not know its order 7 any more" in problem.detail
    assert partner.job(order).state == JobState.GIVEN


def test_the_partner_cancels_by_itself(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    partner.press(partner.job(order), "cancel")
    assert dock.state(order) == ("accepted", "allocated")
    [problem] = order.problems.filter(settled_at=None)
    assert "nobody here asked for that" in problem.detail
    assert partner.job(order).state == JobState.CANCELLED


def test_what_came_back_before_we_looked_has_left_first(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    partner.press(partner.job(order), "dispatch", "depart", "return")
    assert dock.state(order)[1] == "shipped"
    assert "came back to the partner" in str(order.problems.filter(settled_at=None).get())


def test_what_cannot_be_recorded_is_shown_and_tried_again(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    FulfillmentOrder.objects.filter(pk=order.pk).update(held_here=True)
    for _ in range(2):
        partner.press(partner.job(order), *([] if order.problems.exists() else ["dispatch"]))
    partner.press(partner.job(order), "depart")
    partner.turn()
    assert not Shipment.objects.exists()
    [problem] = order.problems.filter(settled_at=None, detail__contains="not recorded")
    assert HELD in problem.detail
    FulfillmentOrder.objects.filter(pk=order.pk).update(held_here=False)
    partner.turn()
    assert dock.state(order)[1] == "shipped"
    assert not order.problems.filter(settled_at=None).exists()


def test_units_leave_our_books_when_the_partner_ships(partner: Partner, dock: Dock) -> None:
    level = stock(Product.objects.get(sku=SKU), partner.account.warehouse, 5)
    order = dock.accepted()
    partner.turn()
    partner.press(partner.job(order), "dispatch", "depart")
    level.refresh_from_db()
    assert (level.on_hand, level.allocated) == (4, 0)


def test_nobody_here_ships_what_the_partner_ships(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    with pytest.raises(Refusal, match="Take it back from the partner first"):
        dock.ship(order, "1Z999")
    assert not Shipment.objects.exists()


def test_a_person_records_what_the_partner_cannot_say(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    FulfillmentOrder.objects.filter(pk=order.pk).update(held_here=True)
    partner.press(job, "dispatch", "depart")
    FulfillmentOrder.objects.filter(pk=order.pk).update(held_here=False)
    dock.ship(order, "1Z999")
    work()
    partner.turn()
    assert partner.job(order).state == JobState.DONE
    assert Shipment.objects.count() == 1
    assert not order.problems.filter(settled_at=None).exists()
