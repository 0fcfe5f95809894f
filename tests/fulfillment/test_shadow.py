"""Rules in the shadow: a person decides, and what the rule would have done stands beside it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment import decisions, problems
from fulfillment.models import Request, RuleVerdict
from fulfillment.transitions import Action
from locations.models import CancellationPolicy, Location, RequestPolicy, Store
from platforms.records import RejectReason, RequestKind
from relay import outbox
from tests.dock import Dock
from tests.factories import LocationFactory, ProductFactory, UserFactory
from tests.screens import rows
from tests.work import work

UNKNOWN = [{"sku": "MUG-ENM", "quantity": 1, "title": "Enamel Mug"}]
CLEAR = (RuleVerdict.ACCEPT, "No problem is open.")
ONE_PROBLEM = (RuleVerdict.LEAVE, "1 open problem.")
NOTHING = ("", "")


@pytest.fixture
def shadow(dock: Dock) -> Dock:
    """A store where people decide, and both rules are compared with them."""
    put_in_shadow(dock.store)
    return dock


def put_in_shadow(store: Store) -> None:
    store.request_policy = RequestPolicy.SHADOW
    store.cancellation_policy = CancellationPolicy.SHADOW
    store.save()


def verdict(kind: RequestKind = RequestKind.FULFILL) -> tuple[str, str]:
    """What stands beside the newest request of a kind."""
    request = Request.objects.filter(kind=kind).latest("id")
    return request.rule_verdict, request.rule_reason


def test_a_rule_in_the_shadow_decides_nothing(shadow: Dock) -> None:
    order = shadow.place()
    assert shadow.state(order) == ("requested", "new")
    assert shadow.again(order).pending_answer == ""
    assert verdict() == CLEAR
    assert shadow.effects(order) == []


def test_what_it_would_do_follows_the_request_until_somebody_decides(shadow: Dock) -> None:
    shadow.place(lines=UNKNOWN)
    assert verdict() == ONE_PROBLEM
    ProductFactory(merchant=shadow.store.merchant, sku="MUG-ENM")
    shadow.pull()
    assert verdict() == CLEAR


def test_the_decision_is_compared_with_what_is_so_at_that_moment(shadow: Dock) -> None:
    order = shadow.place(lines=UNKNOWN)
    [problem] = order.problems.all()
    problems.settle(problem.pk, by=shadow.person, how="The mug is a new product.")
    assert verdict() == ONE_PROBLEM, "nothing was read since"
    shadow.accept(shadow.again(order))
    assert verdict() == CLEAR


def test_it_stands_from_the_decision_on(shadow: Dock) -> None:
    order = shadow.place(lines=UNKNOWN)
    shadow.accept(order)
    work()
    assert shadow.again(order).open_problems == 0, "accepted all the same"
    shadow.pull()
    assert verdict() == ONE_PROBLEM


def test_a_decision_that_was_taken_back_is_compared_again(shadow: Dock) -> None:
    order = shadow.place()
    shadow.accept(order)
    outbox.give_up(shadow.call(order, "accept_request").pk, "The merchant rang.")
    shadow.pull()
    assert verdict() == ONE_PROBLEM, "no rule gives an answer that a person gave up"
    shadow.reject(shadow.again(order))
    assert verdict() == ONE_PROBLEM


def test_a_place_that_is_none_of_ours_is_left_to_a_person(shadow: Dock) -> None:
    ref = shadow.shop.control("POST", "locations", {"name": "Sparks", "owner": "service"})["id"]
    order = shadow.place(location_id=ref)
    [problem] = order.problems.all()
    problems.settle(problem.pk, by=shadow.person, how="We know.")
    shadow.reject(shadow.again(order))
    said, reason = verdict()
    assert (said, reason) == (
        RuleVerdict.LEAVE,
        f"It is for location {ref}, which is none of ours.",
    )


def test_the_rule_says_in_the_shadow_what_it_does_when_it_is_on(dock: Dock) -> None:
    put_in_shadow(dock.store)
    clear, faulty = dock.place(), dock.place(lines=UNKNOWN)
    said = {r.fulfillment_order_id: r.rule_verdict for r in Request.objects.all()}
    dock.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    dock.store.save()
    dock.pull()
    assert {pk for pk, word in said.items() if word == RuleVerdict.ACCEPT} == {clear.pk}
    assert dock.state(clear) == ("accepted", "allocated")
    assert dock.state(faulty) == ("requested", "new")


def test_what_the_rule_decides_itself_is_no_comparison(shadow: Dock) -> None:
    shadow.place()
    assert verdict() == CLEAR
    Store.objects.update(request_policy=RequestPolicy.ACCEPT_WHEN_CLEAR)
    shadow.store.refresh_from_db()
    shadow.pull()
    assert Request.objects.get().decided_by is None
    assert verdict() == NOTHING


def test_a_store_whose_rule_is_not_in_the_shadow_is_not_compared(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    assert verdict() == NOTHING


def test_a_rule_that_left_the_shadow_before_the_decision_is_not_compared(shadow: Dock) -> None:
    order = shadow.place()
    Store.objects.update(request_policy=RequestPolicy.BY_HAND)
    shadow.accept(order)
    assert verdict() == NOTHING


# --- cancellations ----------------------------------------------------------------------------


def asked_to_stop(dock: Dock, *steps: Action) -> None:
    order = dock.accepted()
    for step in steps:
        dock.step(step, order)
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()


def test_a_cancellation_before_picking_would_be_accepted(shadow: Dock) -> None:
    asked_to_stop(shadow)
    assert verdict(RequestKind.CANCEL) == (RuleVerdict.ACCEPT, "Nobody had begun to pick it.")
    order = shadow.store.fulfillment_orders.get()
    assert shadow.state(order) == ("cancel_requested", "allocated")
    shadow.reject_cancellation(order)
    assert verdict(RequestKind.CANCEL)[0] == RuleVerdict.ACCEPT


def test_a_cancellation_during_picking_would_be_left_to_a_person(shadow: Dock) -> None:
    asked_to_stop(shadow, Action.START_PICKING)
    assert verdict(RequestKind.CANCEL) == (
        RuleVerdict.LEAVE,
        "The work on it was at “Being picked”.",
    )


def test_one_rule_may_be_in_the_shadow_while_the_other_is_on(dock: Dock) -> None:
    dock.store.request_policy = RequestPolicy.SHADOW
    dock.store.cancellation_policy = CancellationPolicy.BY_PHYSICAL_STATE
    dock.store.save()
    asked_to_stop(dock)
    order = dock.store.fulfillment_orders.get()
    assert dock.state(order) == ("cancel_accepted", "cancelled")
    assert verdict(RequestKind.CANCEL) == NOTHING
    assert verdict() == CLEAR


# --- many at once -----------------------------------------------------------------------------


@pytest.fixture
def reno(db: None) -> Location:
    location = LocationFactory()
    put_in_shadow(location.store)
    return location


def test_deciding_many_takes_as_many_statements_as_deciding_one(reno: Location) -> None:
    person = UserFactory()

    def statements(count: int) -> int:
        orders = rows.many(count, reno)
        for number, order in enumerate(orders[: count // 2]):
            for detail in range(number % 5):
                rows.problem(order, f"Problem {detail}")
        seen = {order.pk: None for order in orders}
        with CaptureQueriesContext(connection) as queries:
            decisions.reject(seen, by=person, reason=RejectReason.OTHER, message="No.")
        return len(queries)

    assert statements(1) == statements(60)
    assert Request.objects.filter(rule_verdict="").count() == 0
    assert Request.objects.filter(rule_reason="4 open problems.").count() == 6


def test_rejecting_many_cancellations_looks_at_their_shipments_once(reno: Location) -> None:
    person = UserFactory()

    def statements(count: int) -> int:
        orders = [rows.cancelling(reno, work_status="partly_shipped") for _ in range(count)]
        for number, order in enumerate(orders):
            rows.shipped(order, f"1Z{order.pk}{number}")
        seen = {order.pk: None for order in orders}
        with CaptureQueriesContext(connection) as queries:
            decisions.reject_cancellation(seen, by=person, message="Too late.")
        return len(queries)

    assert statements(2) == statements(20)
    assert set(Request.objects.values_list("rule_verdict", flat=True)) == {RuleVerdict.REJECT}
