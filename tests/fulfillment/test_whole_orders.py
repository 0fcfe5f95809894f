"""Orders that are read themselves: once each, before a rule accepts one, and never in the way."""

import pytest

from fulfillment import jobs, whole_orders
from fulfillment.admin.search import find
from fulfillment.models import FulfillmentOrder, Order
from locations.models import RequestPolicy, Store
from platforms.records import RejectReason
from relay import alarms
from tests.dock import Dock
from tests.work import work

READ = "ordersRetrieve"
WITHOUT_ORDERS = [
    f"{area}:{verb}" for area in ("fulfillment_service", "webhooks") for verb in ("read", "write")
]


@pytest.fixture
def reading(dock: Dock) -> Dock:
    """A store whose orders are read, and which accepts by rule what has no problem."""
    dock.store.reads_orders = True
    dock.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    dock.store.save()
    return dock


def forbid(dock: Dock) -> None:
    dock.shop.control("POST", "tokens", {"token": dock.shop.token, "scopes": WITHOUT_ORDERS})


def allow(dock: Dock) -> None:
    dock.shop.control("POST", "tokens", {"token": dock.shop.token})


def open_alarms(dock: Dock) -> list[str]:
    return list(dock.store.alarms.filter(cleared_at=None).values_list("kind", flat=True))


def test_an_order_is_not_read_unless_that_is_wanted(dock: Dock) -> None:
    order = dock.place()
    assert dock.shop.calls(READ) == []
    assert (order.order.email, order.order.is_test, order.order.read_at) == ("", None, None)


def test_an_order_is_read_once_and_then_accepted_by_rule(reading: Dock) -> None:
    order = reading.place(tags=["vip"], metadata={"channel": "web"})
    reading.pull()
    whole = order.order
    assert (whole.email, whole.is_test) == ("dana@example.com", False)
    assert (whole.tags, whole.metadata) == (["vip"], {"channel": "web"})
    assert len(reading.shop.calls(READ)) == 1
    assert reading.state(order) == ("accepted", "allocated")


def test_the_parts_of_one_order_are_one_question(reading: Dock) -> None:
    lines = [{"sku": "TENT-2P-GRN", "quantity": 1}, {"sku": "STAKE-8PK", "quantity": 1}]
    whole = reading.shop.place(lines=lines, request=False)
    tent = reading.shop.service.order(whole)["line_items"][0]["id"]
    units = [{"id": tent, "quantity": 1}]
    reading.shop.press(whole, "request", fulfillment_order_line_items=units)
    reading.shop.press(whole, "request")
    reading.pull()
    assert FulfillmentOrder.objects.count() == 2
    assert len(reading.shop.calls(READ)) == 1


def test_a_test_order_is_never_accepted_by_rule_and_suggested_for_rejection(
    reading: Dock,
) -> None:
    order = reading.place(is_test=True)
    assert reading.state(order) == ("requested", "new")
    assert reading.effects(order) == []
    [problem] = order.problems.all()
    assert problem.detail == "This is a test order: nothing should be shipped."
    request = order.requests.get()
    assert (request.suggestion, request.suggested_reason) == ("reject", RejectReason.OTHER)
    assert request.suggested_message == problem.detail
    assert str(reading.again(order).status_code) == "Test: Test"


def test_a_test_order_is_one_whatever_else_is_wrong_with_it(reading: Dock) -> None:
    order = reading.place(is_test=True, shipping_address=None)
    request = order.requests.get()
    assert order.problems.count() > 1
    assert (request.suggested_reason, request.suggested_message) == (
        RejectReason.OTHER,
        "This is a test order: nothing should be shipped.",
    )


def test_who_looked_before_it_was_read_does_not_accept_a_test_unseen(dock: Dock) -> None:
    order = dock.place(is_test=True)
    Store.objects.filter(pk=dock.store.pk).update(reads_orders=True)
    dock.pull()
    [(_, reason)] = dock.accept(order).refused
    assert "has changed since you opened the page" in reason


def test_no_rule_accepts_an_order_between_taking_in_and_reading(reading: Dock) -> None:
    reading.shop.fault("error_500_before", READ)
    ref = reading.shop.place()
    reading.pull()
    order = reading.order(ref)
    assert reading.state(order) == ("requested", "new")
    assert order.pending_answer == ""
    reading.shop.control("DELETE", "faults")
    reading.pull()
    assert reading.state(order) == ("accepted", "allocated")


def test_a_store_that_does_not_allow_it_gets_one_alarm_and_its_work_goes_on(
    reading: Dock,
) -> None:
    forbid(reading)
    first, second = reading.place(), reading.place()
    assert open_alarms(reading) == [alarms.ORDERS_FORBIDDEN]
    alarm = reading.store.alarms.get()
    assert "orders:read" in alarm.message
    assert reading.state(second) == ("requested", "new"), "never accepted unseen"
    assert reading.accept(first).done, "but a person may"
    assert len(reading.shop.calls(READ)) == 2, "one question a pull, however many orders wait"
    reading.store.refresh_from_db()
    assert reading.store.reads_orders

    allow(reading)
    reading.pull()
    assert open_alarms(reading) == []
    assert reading.state(second) == ("accepted", "allocated")


def test_an_order_that_cannot_be_read_waits_for_a_person_and_stops_no_other(
    reading: Dock,
) -> None:
    reading.shop.fault("html_404", READ, times=1)
    gone, fine = reading.shop.place(), reading.shop.place()
    reading.pull()
    reading.pull()
    assert reading.state(reading.order(fine)) == ("accepted", "allocated")
    order = reading.order(gone)
    assert reading.state(order) == ("requested", "new")
    assert order.order.read_remark
    assert len(reading.shop.calls(READ)) == 2, "it is not asked for again and again"

    jobs.read_later(reading.store.pk, [order.ref], whole=True)
    work()
    assert reading.again(order).order.read_remark == ""
    assert reading.state(order) == ("accepted", "allocated")


def test_the_slow_loop_that_reads_open_work_does_not_read_orders_again(reading: Dock) -> None:
    reading.place()
    jobs.reread_all()
    work()
    assert len(reading.shop.calls(READ)) == 1


def test_many_orders_are_read_over_several_pulls(
    reading: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_orders, "AT_ONCE", 2)
    for _ in range(5):
        reading.shop.place()
    reading.pull()
    assert Order.objects.filter(is_test=False).count() == 5


def test_an_address_to_write_to_is_neither_logged_nor_searched(
    reading: Dock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    order = reading.place()
    assert order.order.email == "dana@example.com"
    assert order.order.email not in caplog.text
    assert find(order.order.email) == []
