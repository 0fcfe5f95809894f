"""Shipping methods: what a store lists, what its orders name, and the carrier chosen for each."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment import intake, methods
from fulfillment.models import ShippingMethod
from platforms.next29.wire import read_fulfillment_order
from platforms.records import ShippingMethodRecord
from relay import alarms, engine
from tests.dock import Dock
from tests.sandbox.stage import example
from tests.work import work

LISTED = [("express", "Offered"), ("intl-econ", "Offered"), ("standard", "Offered")]


def standing(dock: Dock) -> list[tuple[str, str]]:
    return [(method.code, method.standing) for method in dock.store.shipping_methods.all()]


def read(dock: Dock) -> None:
    engine.wake_methods(dock.store.pk)
    work()


def test_all_pages_of_the_stores_list_are_read_and_reading_again_changes_nothing(
    dock: Dock,
) -> None:
    read(dock)
    assert standing(dock) == LISTED
    before = list(ShippingMethod.objects.values())
    read(dock)
    assert list(ShippingMethod.objects.values()) == before


def test_they_are_read_when_a_store_begins_to_work(dock: Dock) -> None:
    alarms.pause(dock.store, "New")
    read(dock)
    assert standing(dock) == [], "a paused store is not asked"
    alarms.resume(dock.store)
    work()
    assert standing(dock) == LISTED


def test_a_method_that_only_an_order_names_is_listed_too(dock: Dock) -> None:
    dock.place(shipping_method={"code": "drone", "name": "By drone"})
    assert standing(dock) == [("drone", "Seen on an order only")]
    assert str(dock.store.shipping_methods.get()) == "By drone"
    dock.place(shipping_method={"code": "drone", "name": "Another name"})
    assert dock.store.shipping_methods.get().name == "By drone"


def test_one_that_vanished_stays_marked_with_its_carrier_and_may_come_back(dock: Dock) -> None:
    both = [ShippingMethodRecord("air", "Air"), ShippingMethodRecord("sea", "Sea")]
    methods.take_in(dock.store, both)
    ShippingMethod.objects.filter(code="sea").update(carrier="dhl")
    methods.take_in(dock.store, both[:1])
    assert standing(dock) == [("air", "Offered"), ("sea", "Not offered any more")]
    methods.take_in(dock.store, [*both[:1], ShippingMethodRecord("sea", "By sea")])
    sea = dock.store.shipping_methods.get(code="sea")
    assert (sea.standing, sea.name, sea.carrier) == ("Offered", "By sea", "dhl")


def test_what_an_order_named_is_not_marked_gone_by_a_list_without_it(dock: Dock) -> None:
    dock.place(shipping_method={"code": "drone", "name": "By drone"})
    read(dock)
    assert ("drone", "Seen on an order only") in standing(dock)


def test_two_stores_may_use_the_same_code(dock: Dock) -> None:
    other = dock.store.__class__.objects.create(
        merchant=dock.store.merchant, name="Other", platform_key="next29", account="other"
    )
    for store in (dock.store, other):
        methods.take_in(store, [ShippingMethodRecord("air", str(store))])
    assert ShippingMethod.objects.filter(code="air").count() == 2


def test_a_list_that_cannot_be_read_is_alarmed_once_and_cleared(dock: Dock) -> None:
    dock.shop.fault("html_404", "shippingMethodsList", times=2)
    read(dock)
    read(dock)
    [alarm] = dock.store.alarms.all()
    assert (alarm.kind, alarm.cleared_at) == (alarms.METHODS_FAILED, None)
    read(dock)
    alarm.refresh_from_db()
    assert alarm.cleared_at


def records(first: int, count: int) -> list[Any]:
    raw = example("fulfillment_order_open_requested")
    return [
        read_fulfillment_order(
            {
                **raw,
                "id": number,
                "order_number": f"N{number}",
                "shipping_method": {"code": f"code-{number}", "name": "A way"},
            }
        )
        for number in range(first, first + count)
    ]


@pytest.mark.usefixtures("engine")
def test_a_page_takes_as_many_statements_whatever_methods_its_orders_name(dock: Dock) -> None:
    def statements(first: int, count: int) -> int:
        page = records(first, count)
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            intake.take_in(dock.store, page, timezone.now())
        return len(asked)

    few, many = statements(1000, 5), statements(2000, 50)
    assert few == many
    assert dock.store.shipping_methods.count() == 55
