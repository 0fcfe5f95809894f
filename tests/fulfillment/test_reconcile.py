"""`manage.py reconcile` over the sandbox: each kind of difference, before and after --fix."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fulfillment.models import FulfillmentOrder, Problem, ShipmentState
from fulfillment.transitions import Action
from locations.models import Store
from relay import asking, outbox
from relay.models import Alarm, CallState, OutboundCall
from tests.dock import Dock
from tests.factories import StoreFactory
from tests.fulfillment.test_merchant import edit_address
from tests.work import work

ACCEPT, CREATE = "fulfillmentRequestAccept", "fulfillmentsCreate"
READ = "fulfillmentOrdersRetrieve"
TENT = "TENT-2P-GRN"


def reconcile(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit status and all that it said, errors included."""
    said = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("reconcile", *arguments, stdout=said, stderr=said)
    assert isinstance(end.value.code, int)
    return end.value.code, said.getvalue()


def everything() -> list[Any]:
    """Our rows about orders, and what is on its way."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (FulfillmentOrder, OutboundCall, Problem, Alarm)
    ]


def compared(dock: Dock, expected: str) -> str:
    """Compare without a repair: one difference, and nothing is changed."""
    before, effects = everything(), dock.shop.control("GET", "effects")
    status, said = reconcile()
    assert status == 1, said
    assert "1 difference." in said
    assert expected in said
    assert "--fix would " in said
    assert everything() == before
    assert dock.shop.control("GET", "effects") == effects
    assert reconcile() == (status, said), "a second look says the same"
    return said


def in_step() -> None:
    for arguments in ((), ("--fix",)):
        status, said = reconcile(*arguments)
        assert (status, "all in step" in said) == (0, True), said


def repaired(dock: Dock) -> None:
    """A repair takes in what the store says; a second one finds nothing."""
    status, said = reconcile("--fix")
    assert (status, "1 difference, 0 remaining." in said, "Taken in." in said) == (0, True, True)
    in_step()


def for_a_person(dock: Dock, order: FulfillmentOrder) -> Problem:
    """A repair opens a problem once, however often it is run, also after it was settled."""
    for _ in range(2):
        status, said = reconcile("--fix")
        assert (status, "A person must look" in said) == (1, True), said
        [problem] = order.problems.all()
    order.problems.update(settled_at=timezone.now(), settled_by=dock.person, settled_how="Known")
    assert reconcile("--fix")[0] == 1, "it still differs"
    assert order.problems.count() == 1
    return problem


def test_what_is_in_step_says_so(dock: Dock) -> None:
    dock.place()
    dock.accepted()
    dock.ship(dock.accepted())
    work()
    rejected = dock.place()
    dock.reject(rejected)
    work()
    dock.place()
    in_step()


def withdrawn(dock: Dock) -> FulfillmentOrder:
    order = dock.place()
    dock.shop.press(int(order.ref), "withdraw")
    return order


def moved_away(dock: Dock) -> FulfillmentOrder:
    order = dock.place()
    elsewhere = dock.shop.control("POST", "locations", {"name": "Elsewhere"})["id"]
    dock.shop.press(int(order.ref), "move", new_location_id=elsewhere)
    return order


def shipped_by_hand(dock: Dock) -> FulfillmentOrder:
    order = dock.accepted()
    dock.step(Action.START_PICKING, order)
    dock.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="BY-HAND")
    return order


def cancelled_there(dock: Dock) -> FulfillmentOrder:
    order = dock.place()
    dock.shop.press(int(order.ref), "cancel")
    return order


def held(dock: Dock) -> FulfillmentOrder:
    order = dock.place()
    dock.reject(order)
    work()
    dock.shop.press(int(order.ref), "hold", reason="high_risk")
    return order


def edited(dock: Dock) -> FulfillmentOrder:
    order = dock.place()
    edit_address(dock, order.ref, line1="77 Fresh St")
    return order


def asked_to_cancel(dock: Dock) -> FulfillmentOrder:
    order = dock.accepted()
    dock.step(Action.START_PICKING, order)
    dock.shop.press(int(order.ref), "ask-cancel")
    return order


def unread(dock: Dock) -> FulfillmentOrder:
    order = dock.accepted()
    long_ago = timezone.now() - timedelta(days=2)
    FulfillmentOrder.objects.update(read_at=long_ago, told_at=long_ago)
    return order


MENDED: list[tuple[Callable[[Dock], FulfillmentOrder], str, tuple[str, str]]] = [
    (withdrawn, "there “open” / “pending”", ("pending", "new")),
    (moved_away, "there “closed” / “closed”", ("closed", "closed")),
    (shipped_by_hand, "Conflict: The store says that it is over", ("closed", "closed")),
    (cancelled_there, "The store is ahead: The store says that it is over", ("", "cancelled")),
    (held, "“on_hold” / “rejected”, on hold", ("rejected", "new")),
    (edited, "other address", ("requested", "new")),
    (asked_to_cancel, "“processing” / “cancel_requested”", ("cancel_requested", "picking")),
]


@pytest.mark.parametrize(
    ("differ", "said", "after"), MENDED, ids=lambda each: getattr(each, "__name__", str(each))[:40]
)
def test_what_changed_at_the_store_is_shown_and_then_taken_in(
    dock: Dock, differ: Callable[[Dock], FulfillmentOrder], said: str, after: tuple[str, str]
) -> None:
    order = differ(dock)
    line = compared(dock, said)
    assert f"order {order.order.ref} ({order.ref}): here " in line
    assert "--fix would take in what the store says." in line
    repaired(dock)
    request, floor = dock.state(order)
    assert (request if after[0] else "", floor) == after


def test_what_was_not_read_for_long_only_needs_reading(dock: Dock) -> None:
    order = unread(dock)
    # A comparison reads it, and so knows that it is in step.
    assert reconcile()[0] == 0
    assert dock.again(order).read_at < timezone.now() - timedelta(days=1), "nothing is changed"


def test_an_order_that_we_never_saw_is_adopted(dock: Dock) -> None:
    ref = dock.shop.place()
    said = compared(dock, "here unknown; there “open” / “requested”, 1 to ship")
    assert "an order that we have never taken in" in said
    repaired(dock)
    assert dock.state(dock.order(ref)) == ("requested", "new")
    assert dock.order(ref).requests.count() == 1


def test_an_order_that_we_promised_and_lost_is_adopted_and_shipped(dock: Dock) -> None:
    ref = dock.shop.place()
    dock.shop.service.step(ref, "fulfillment-request/accept")
    compared(dock, "here unknown; there “processing” / “accepted”")
    repaired(dock)
    order = dock.order(ref)
    assert dock.state(order) == ("accepted", "allocated")
    dock.ship(order)
    work()
    in_step()


def test_an_answer_that_got_lost_is_left_to_the_courier(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("error_500_after", ACCEPT, times=1)
    dock.accept(order)
    work()
    said = compared(dock, "We are ahead: The store was told, but its answer was lost")
    assert "“accepted” on its way" in said
    for _ in range(2):
        status, said = reconcile("--fix")
        assert (status, "Left to the courier" in said) == (1, True)
    dock.later()
    assert dock.state(order) == ("accepted", "allocated")
    assert len(dock.shop.calls(ACCEPT)) == 1
    in_step()


def test_an_answer_that_is_on_its_way_is_no_difference(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    in_step()
    OutboundCall.objects.update(created_at=timezone.now() - timedelta(hours=1))
    compared(dock, "telling it takes longer than usual")


def test_an_answer_that_nothing_carries_is_queued_again_once(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    OutboundCall.objects.all().delete()
    said = compared(dock, "nothing is on its way to it")
    assert "--fix would queue it again" in said
    status, said = reconcile("--fix")
    assert (status, "Queued again" in said) == (1, True)
    assert dock.effects(order) == [], "it never sends by itself"
    in_step()
    assert dock.store.calls.count() == 1, "on its way, and not queued twice"
    work()
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.effects(order) == ["accept"]
    in_step()


def test_a_shipment_that_failed_is_queued_again_and_told_once(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.fault("error_500_after", CREATE, times=1)
    dock.ship(order, "1Z-LEFT")
    work()
    dock.store.calls.filter(verb="create_fulfillment").update(state=CallState.FAILED)
    said = compared(dock, "does not know of a parcel that has left")
    assert "1 left untold" in said
    assert "shipments 1Z-LEFT" in said
    assert reconcile("--fix")[0] == 1
    assert dock.again(order).shipments_there[0]["codes"] == ["1Z-LEFT"], "kept as proof"
    work()
    assert order.shipments.get().state == ShipmentState.CONFIRMED
    assert len(dock.shop.calls(CREATE)) == 1
    in_step()


def test_a_shipment_that_the_store_lacks_is_told_when_nothing_carries_it(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-PART", units={TENT: 2})
    dock.store.calls.filter(verb="create_fulfillment").delete()
    said = compared(dock, "nothing is on its way to it")
    assert "2 left untold" in said
    assert "shipments none" in said
    assert reconcile("--fix")[0] == 1
    in_step()
    work()
    in_step()
    assert dock.effects(order) == ["accept", "fulfillment"]


def given_up(dock: Dock) -> FulfillmentOrder:
    order = dock.accepted()
    dock.shop.fault("error_500_before", CREATE, times=1)
    dock.ship(order, "1Z-GIVEN-UP")
    work()
    outbox.give_up(dock.call(order, "create_fulfillment").pk, "Told them by phone (kim)")
    return order


def test_a_shipment_that_a_person_gave_up_is_theirs_to_tell(dock: Dock) -> None:
    order = given_up(dock)
    said = compared(dock, "somebody gave up telling the store")
    assert "a person must look" in said
    problem = for_a_person(dock, order)
    assert "Tell again, or report it at the store by hand" in problem.detail
    work()
    assert dock.effects(order) == ["accept"], "nobody told it behind their back"


def test_a_given_up_shipment_that_was_reported_by_hand_is_found_there(dock: Dock) -> None:
    order = given_up(dock)
    dock.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="1Z-GIVEN-UP")
    compared(dock, "does not know of a parcel that has left")
    assert reconcile("--fix")[0] == 1
    work()
    assert order.shipments.get().state == ShipmentState.CONFIRMED
    assert dock.shop.calls(CREATE)[1:] == [], "it was found, not sent"
    in_step()


def test_a_refused_shipment_stays_with_its_problem(dock: Dock) -> None:
    order = dock.accepted()
    dock.ship(order)
    dock.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="BY-HAND")
    work()
    compared(dock, "Conflict: The store did not take what we told it")
    assert [status for status, _ in (reconcile("--fix"), reconcile("--fix"))] == [1, 1]
    [problem] = order.problems.all()
    assert "did not take the shipment" in problem.detail


def test_an_address_edited_after_acceptance_is_for_a_person(dock: Dock) -> None:
    order = dock.accepted()
    edit_address(dock, order.ref, line1="77 Fresh St")
    compared(dock, "other address")
    problem = for_a_person(dock, order)
    assert "ask the merchant" in problem.detail
    address = dock.again(order).address
    assert address is not None
    assert address["line1"] != "77 Fresh St"


def test_units_edited_after_acceptance_are_for_a_person(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    line = dock.shop.service.order(int(order.ref))["line_items"][0]["id"]
    dock.shop.press(int(order.ref), "edit-lines", lines=[{"id": line, "quantity": 2}])
    compared(dock, "3 to ship; there “processing” / “accepted”, 2 to ship")
    for_a_person(dock, order)


def test_an_order_that_is_gone_there_is_for_a_person(dock: Dock) -> None:
    order = dock.accepted()
    FulfillmentOrder.objects.update(ref="99999999")
    status, said = reconcile()
    assert status == 1
    assert "there no such order of ours" in said
    reconcile("--fix")
    assert "Stop working on it" in order.problems.get().detail


def test_an_order_that_cannot_be_read_is_a_difference_and_not_the_end(
    dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", (0.0,))
    dock.accepted()
    dock.accepted()
    dock.shop.fault("empty_success", READ, times=1)
    dock.store.fulfillment_orders.update(request_status="cancel_rejected")
    # The lists are not enough for what they leave out, so each order is asked for.
    for order in dock.store.fulfillment_orders.all():
        dock.shop.press(int(order.ref), "ask-cancel")
        dock.shop.service.step(int(order.ref), "cancellation-request/reject")
    status, said = reconcile()
    assert (status, "2 orders compared, 1 difference." in said) == (1, True), said
    assert "It cannot be compared" in said


def test_what_ended_long_ago_is_not_asked_about(dock: Dock) -> None:
    order = dock.accepted()
    dock.ship(order)
    work()
    long_ago = timezone.now() - timedelta(days=8)
    FulfillmentOrder.objects.update(read_at=long_ago, told_at=long_ago)
    assert "0 orders compared" in reconcile()[1]
    assert "1 order compared" in reconcile("--since", "9")[1]


def test_what_was_decided_while_it_was_compared_is_not_undone(dock: Dock) -> None:
    """The store is asked first and our row read afterwards: the newer word counts."""
    order = withdrawn(dock)
    dock.pull()
    dock.shop.press(int(order.ref), "request")
    dock.pull()
    dock.accept(dock.again(order))
    in_step()
    work()
    in_step()


def test_it_keeps_to_the_stores_pace(dock: Dock) -> None:
    for _ in range(3):
        order = dock.place()
        dock.reject(order)
        work()
    Store.objects.update(requests_per_second=None)
    dock.shop.settings(rate_limit=4)
    reconcile()
    before = len(dock.shop.control("GET", "calls")["calls"])
    reconcile()
    asked = dock.shop.control("GET", "calls")["calls"][before:]
    assert len(asked) == 3 + 3, "three lists, and the orders that they do not show"
    assert {call["status"] for call in asked} == {200}, "never too fast for the store"


def test_a_store_that_cannot_be_asked_does_not_keep_the_others_from_it(
    dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", (0.0,))
    broken = StoreFactory(name="A broken one", base_url="http://127.0.0.1:9/api/")
    broken.set_credentials(access_token="some-token")
    broken.save()
    withdrawn(dock)
    status, said = reconcile()
    assert status == 2
    assert "A broken one: could not be compared. " in said
    assert "1 difference." in said
    assert not Alarm.objects.exists(), "a comparison changes nothing"


def test_a_paused_store_is_left_alone(dock: Dock) -> None:
    Store.objects.update(paused_at=timezone.now(), pause_reason="Stocktaking.")
    status, said = reconcile()
    assert status == 0
    assert f"{dock.store}: not compared, for it is paused. Stocktaking." in said
    assert "There is no store to compare with." in said
    assert reconcile(dock.store.name)[0] == 2, "asked for by name, it is a failure"


def test_a_program_reads_it_as_json(dock: Dock) -> None:
    order = withdrawn(dock)
    status, said = reconcile("--json")
    [store] = json.loads(said)["stores"]
    assert (status, store["store"], store["compared"], store["left"]) == (1, dock.store.name, 1, 1)
    [difference] = store["found"]
    assert (difference["ref"], difference["finding"]) == (order.ref, "moved_on")
    assert difference["repair"] == "take_in"
    reconcile("--fix")
    assert json.loads(reconcile("--json")[1])["stores"][0]["found"] == []


@pytest.mark.parametrize("arguments", [("Nobody",), ("--since", "-1"), ("--since", "nan")])
def test_what_makes_no_sense_is_refused_in_words(dock: Dock, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"There is no store|number of days"):
        call_command("reconcile", *arguments)
