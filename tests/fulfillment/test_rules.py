"""A store's rules and checks, when what they look at changes later."""

from django.db import transaction

from fulfillment import policies, problems, status
from fulfillment.models import FulfillmentOrder, Source
from locations.models import CancellationPolicy, RequestPolicy, Store
from platforms.records import RejectReason
from relay import outbox
from tests.dock import Dock
from tests.factories import LocationFactory, ProductFactory
from tests.work import work

LINES = [{"sku": "MUG-ENM", "quantity": 1, "title": "Enamel Mug"}]


def examine(dock: Dock, *orders: FulfillmentOrder) -> None:
    with transaction.atomic():
        policies.examine(dock.store, orders)
        status.refresh(orders)


def test_a_product_added_later_clears_the_order(dock: Dock) -> None:
    order = dock.place(lines=LINES)
    request = order.requests.get()
    assert (request.suggestion, request.suggested_reason) == ("reject", RejectReason.PRODUCT)
    assert request.suggested_message == "We know no product with SKU “MUG-ENM” (Enamel Mug)."
    assert (order.open_problems, str(order.status_code)) != (0, "Received")

    ProductFactory(merchant=dock.store.merchant, sku="MUG-ENM")
    examine(dock, order)
    request.refresh_from_db()
    assert (request.suggestion, request.suggested_reason) == ("accept", "")
    assert dock.again(order).open_problems == 0


def test_another_merchants_product_does_not_count(dock: Dock) -> None:
    ProductFactory(sku="MUG-ENM")
    assert dock.place(lines=LINES).open_problems == 1


def test_examining_again_finds_the_same_once(dock: Dock) -> None:
    order = dock.place(lines=LINES)
    for _ in range(3):
        examine(dock, order)
    assert order.problems.filter(settled_at=None).count() == 1
    assert dock.again(order).open_problems == 1


def test_what_is_cleared_later_is_accepted_by_the_rule_at_the_next_pull(dock: Dock) -> None:
    dock.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    dock.store.save()
    order = dock.place(lines=LINES)
    assert dock.state(order) == ("requested", "new")
    [problem] = order.problems.all()
    problems.settle(problem.pk, by=dock.person, how="The mug is a new product.")
    dock.pull()
    work()
    assert dock.state(order) == ("accepted", "allocated")
    assert "Settled" in dock.story(order)


def test_a_place_connected_later_makes_the_order_ours(dock: Dock) -> None:
    ref = dock.shop.control("POST", "locations", {"name": "Sparks", "owner": "service"})["id"]
    order = dock.place(location_id=ref)
    assert (order.warehouse, order.requests.get().suggested_reason) == (None, RejectReason.OTHER)
    [(_, reason)] = dock.accept(order).refused
    assert "none of ours" in reason
    LocationFactory(store=dock.store, ref=str(ref))
    dock.pull()
    assert dock.again(order).warehouse is not None
    assert dock.again(order).open_problems == 0


def test_a_person_may_accept_what_has_a_problem(dock: Dock) -> None:
    order = dock.place(lines=LINES)
    assert dock.accept(order).done
    work()
    assert dock.state(order) == ("accepted", "allocated")


def test_a_rejection_in_the_words_of_the_check_reaches_the_merchant(dock: Dock) -> None:
    order = dock.place(shipping_address=None, lines=LINES)
    request = order.requests.get()
    assert request.suggested_reason == RejectReason.ADDRESS, "it comes before the product"
    sources = order.problems.values_list("source", flat=True)
    assert set(sources) == {Source.TRIAGE}
    dock.reject(order, RejectReason(request.suggested_reason))
    work()
    assert dock.shop.effects("reject")[0]["detail"]["rejected_reason"] == "incorrect_address"


def test_what_a_person_gave_up_the_rule_does_not_accept_again(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    outbox.give_up(dock.call(order, "accept_request").pk, "The merchant rang.")
    Store.objects.filter(pk=dock.store.pk).update(request_policy=RequestPolicy.ACCEPT_WHEN_CLEAR)
    dock.store.refresh_from_db()
    dock.pull()
    again = dock.again(order)
    assert (again.pending_answer, again.request_status) == ("", "requested")
    assert again.problems.get(settled_at=None).detail == (
        "Decide by hand: “Accept request” was given up. The merchant rang."
    )

    dock.accept(again)
    work()
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.again(order).open_problems == 0


def test_what_a_person_gave_up_the_rule_does_not_cancel_again(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.accept_cancellation(order)
    outbox.give_up(dock.call(order, "accept_cancellation").pk, "The merchant rang.")
    dock.store.cancellation_policy = CancellationPolicy.BY_PHYSICAL_STATE
    dock.store.save()
    dock.pull()
    assert dock.state(order) == ("cancel_requested", "allocated")
    problem = order.problems.get(source=Source.FLOOR, settled_at=None)
    problems.settle(problem.pk, by=dock.person, how="They want it stopped after all.")
    dock.pull()
    assert dock.state(order) == ("cancel_accepted", "cancelled")
