"""What Spresso sends is kept, read once, and is the only truth there is. Contract spresso, 11."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from fulfillment.models import FulfillmentOrder, Order
from locations.models import Store
from relay import mapping
from relay.models import Alarm, InboundMessage, MessageState
from tests.factories import StoreFactory, WarehouseFactory
from tests.fulfillment.spresso_store import (
    FIRST,
    SECOND,
    SECRET,
    example,
    expected_lines,
    lines,
    orders,
    post,
    store,
)
from tests.work import work

__all__ = ["store"]


@pytest.mark.acceptance("spresso", 2)
@pytest.mark.acceptance("spresso", 9)
@pytest.mark.parametrize("name", ["order_fulfillable.json", "order_fulfillable.enveloped.json"])
def test_an_order_becomes_one_fulfillment_order_for_each_location(store: Store, name: str) -> None:
    assert post(store, name) == 200
    work()
    assert Order.objects.count() == 1
    assert lines() == expected_lines("order_fulfillable.json")
    assert {order.request_status for order in orders().values()} == {"requested"}
    assert not Alarm.objects.exists()


def test_its_number_is_the_one_that_people_know(store: Store) -> None:
    post(store, "order_fulfillable.json")
    work()
    number = str(example("order_fulfillable.json")["body"]["orderNo"])
    assert {str(order.order) for order in orders().values()} == {number}


@pytest.mark.acceptance("spresso", 3)
def test_sent_twice_also_at_once_it_is_one_order(store: Store) -> None:
    def send(_: int) -> int:
        try:
            return post(store, "order_fulfillable.json")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(send, range(8))) == [200] * 8
    work()
    assert Order.objects.count() == 1
    assert lines() == expected_lines("order_fulfillable.json")
    assert InboundMessage.objects.count() == 1


@pytest.mark.acceptance("spresso", 4)
def test_a_wrong_signature_leaves_nothing(store: Store) -> None:
    other = example("order_cancelled.json")["signature"]
    assert post(store, "order_fulfillable.json", signature=other) == 401
    assert not InboundMessage.objects.exists()


@pytest.mark.acceptance("spresso", 5)
def test_a_cancellation_that_came_first_counts_for_what_comes_later(store: Store) -> None:
    assert post(store, "order_cancelled.json") == 200
    work()
    assert post(store, "order_fulfillable.json") == 200
    work()
    assert {order.work_status for order in orders().values()} == {"cancelled"}
    assert not FulfillmentOrder.objects.to_decide().exists()
    assert sum(units for *_, units in lines()) == 0


@pytest.mark.acceptance("spresso", 6)
@pytest.mark.acceptance("spresso", 7)
@pytest.mark.parametrize(
    ("name", "stopped"),
    [
        ("order_cancelled.json", {FIRST, SECOND}),
        ("order_cancelled.minimal.json", {FIRST, SECOND}),
        ("order_cancelled.one_fulfillment.json", {SECOND}),
    ],
)
def test_a_cancellation_stops_what_it_names(store: Store, name: str, stopped: set[str]) -> None:
    post(store, "order_fulfillable.json")
    work()
    assert post(store, name) == 200
    work()
    assert {o.ref for o in orders().values() if o.work_status == "cancelled"} == stopped
    asked = {o.ref for o in FulfillmentOrder.objects.to_decide()}
    assert asked == {FIRST, SECOND} - stopped


@pytest.mark.acceptance("spresso", 8)
def test_what_is_for_another_location_is_kept_and_not_asked_of_us(store: Store) -> None:
    name = "order_fulfillable.foreign_location.json"
    assert post(store, name) == 200
    work()
    expected = example(name)["expect"]
    workable = {o.ref for o in FulfillmentOrder.objects.to_decide()}
    assert workable == set(expected["workable"])
    assert orders().keys() - workable == set(expected["storedNotWorkable"])


def test_a_location_that_becomes_ours_later_brings_its_work(store: Store) -> None:
    store.locations.all().delete()
    post(store, "order_fulfillable.json")
    work()
    assert not FulfillmentOrder.objects.to_decide().exists()
    assert Alarm.objects.get().kind.startswith("not_for_us")

    place = orders()[FIRST].location_ref
    mapping.assign(store, WarehouseFactory(name="Late"), place)
    work()
    assert [(o.ref, str(o.warehouse)) for o in FulfillmentOrder.objects.to_decide()] == [
        (FIRST, "Late")
    ]


@pytest.mark.acceptance("spresso", 10)
def test_an_unknown_product_is_a_problem_and_not_a_refusal(store: Store) -> None:
    store.merchant.products.all().delete()
    assert post(store, "order_fulfillable.json") == 200
    work()
    assert all(order.open_problems for order in orders().values())
    assert InboundMessage.objects.get().state == MessageState.DONE


def test_the_first_version_of_an_order_is_kept(store: Store, tmp_path: Path) -> None:
    post(store, "order_fulfillable.json")
    work()
    other = example("order_fulfillable.json")["body"]
    other["fulfillments"][0]["fulfillmentVariants"][0]["quantity"] = 9
    body = tmp_path / "again.json"
    body.write_text(json.dumps(other))
    call_command("load_message", store.name, "fulfillable", str(body))
    work()
    assert lines() == expected_lines("order_fulfillable.json")
    [problem] = orders()[FIRST].problems.all()
    assert "sent it again, and otherwise" in problem.detail
    assert "the store now wants 9" in problem.detail
    assert not orders()[SECOND].problems.exists()


def test_a_lost_message_is_loaded_by_hand(store: Store, tmp_path: Path) -> None:
    body = tmp_path / "order.json"
    body.write_text(example("order_fulfillable.json")["rawBody"])
    call_command("load_message", store.name, "fulfillable", str(body))
    work()
    assert lines() == expected_lines("order_fulfillable.json")
    assert post(store, "order_fulfillable.json") == 200
    assert InboundMessage.objects.count() == 1


def test_the_same_order_through_two_connections_is_worked_on_once(store: Store) -> None:
    post(store, "order_fulfillable.json")
    work()
    second = StoreFactory(
        merchant=store.merchant,
        platform_key="spresso",
        account="harbor-two",
        base_url="https://api.spresso.com/",
    )
    second.set_credentials(webhook_secret=SECRET)
    second.save()
    assert post(second, "order_fulfillable.json") == 200
    work()
    assert len(orders()) == 2
    assert {alarm.kind.partition(":")[0] for alarm in Alarm.objects.all()} == {"came_twice"}


def test_a_store_that_cannot_be_asked_is_left_out_in_words(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("pull", store.name)
    with pytest.raises(SystemExit) as end:
        call_command("reconcile", store.name)
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert f"{store}: Spresso sends its orders; it lists none." in said
    assert f"{store}: Spresso cannot be asked how an order stands." in said
    assert "load_message" in said
