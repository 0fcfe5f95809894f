"""What a hub learns when it asks: all that left, once it is there, and nothing it got already."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from fulfillment import changes, unasked
from fulfillment.models import ShipmentState
from fulfillment.transitions import Action
from relay.enquiries import About, Showing
from relay.models import OutboundCall
from tests.factories import LocationFactory, UserFactory, WarehouseFactory, stock
from tests.spree_hub import NUMBER, OTHER, Hub, open_hub, place_of, shipment, shipment1

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return open_hub()


def taken(hub: Hub, *numbers: str) -> None:
    for number in numbers or (NUMBER,):
        assert hub.second("add_shipment", shipment=shipment(number)).status == 200


def numbers(answer: Any) -> list[str]:
    return [each["id"] for each in answer.body["shipments"]]


def test_what_left_is_told_when_asked_and_confirmed_when_asked_again(hub: Hub) -> None:
    taken(hub)
    hub.step(Action.START_PICKING, Action.PACK)
    sent = hub.ship()
    assert OutboundCall.objects.count() == 0, "nothing is pushed"
    assert (sent.state, hub.order().request_status) == ("queued", "accepted")

    told = hub.poll()
    assert numbers(told) == [NUMBER]
    sent.refresh_from_db()
    assert sent.state == ShipmentState.QUEUED, "the answer may have been lost"

    since = told.body["parameters"]["since"]
    empty = hub.poll(since)
    assert (numbers(empty), "summary" in empty.body) == ([], False)
    assert empty.body["parameters"]["since"] == since
    sent.refresh_from_db()
    assert sent.state == ShipmentState.CONFIRMED
    assert (hub.order().request_status, hub.order().work_status) == ("closed", "shipped")
    assert "The store confirmed the tracking" in hub.order().events.last().text  # type: ignore[union-attr]


def test_a_lost_answer_is_given_again_word_for_word(hub: Hub) -> None:
    taken(hub, NUMBER, OTHER)
    hub.ship()
    old = hub.poll("2014-10-07T12:00:00Z", "get_shipments")
    hub.ship("9400", ref=OTHER)
    again = hub.poll("2014-10-07T12:00:00Z")
    assert old.body["shipments"] == again.body["shipments"][:1]
    assert numbers(again) == [NUMBER, OTHER]
    assert {each.state for each in hub.order().shipments.all()} == {"queued"}
    assert numbers(hub.poll(old.body["parameters"]["since"])) == [OTHER]


def test_a_first_generation_hub_hears_messages_and_a_parameter(hub: Hub) -> None:
    assert hub.first("drop_ship", shipment=shipment1()).status == 200
    hub.ship("1Z1", "1Z2")
    told = hub.first("tracking", parameters=[])
    [confirmed] = told.confirmed
    assert (confirmed["tracking"], confirmed["tracking_number"]) == ("1Z1, 1Z2", "1Z1, 1Z2")
    [mark] = told.body["parameters"]
    assert mark["name"] == "warehouse.last_polling_datetime"
    for name in ("warehouse.last_polling_datetime", "last_polling_datetime"):
        given = [{"name": name, "value": mark["value"]}]
        empty = hub.first("tracking", parameters=given)
        assert set(empty.body) == {"message_id", "parameters"}
    known = hub.first("drop_ship", shipment=shipment1())
    assert (known.level, len(known.confirmed)) == ("info", 1)


@pytest.mark.parametrize("given", [None, "", "0", 0, "yesterday", [], {}, True, -1])
def test_who_names_no_moment_hears_all_of_two_weeks(given: Any, hub: Hub) -> None:
    taken(hub)
    hub.ship()
    assert numbers(hub.second("get_shipments", parameters={"since": given})) == [NUMBER]
    assert numbers(hub.second("get_shipments", parameters="none")) == [NUMBER]


@pytest.mark.parametrize("form", ["{:%Y-%m-%dT%H:%M:%S.%fZ}", "{:%Y-%m-%d %H:%M:%S.%f}", "epoch"])
def test_a_moment_is_read_in_several_forms(form: str, hub: Hub) -> None:
    taken(hub)
    hub.ship()
    later = datetime.now(UTC) + timedelta(minutes=1)
    text: Any = int(later.timestamp()) if form == "epoch" else form.format(later)
    assert numbers(hub.poll(text)) == []
    assert hub.order().shipments.get().state == "queued", "that moment was never ours"


def test_pages_only_where_they_are_asked_for(hub: Hub) -> None:
    hub.store.options["page_size"] = 2
    hub.store.save()
    sent = [f"H{number}" for number in range(5)]
    taken(hub, *sent)
    for number in sent:
        hub.ship(f"1Z{number}", ref=number)
    assert numbers(hub.poll()) == sent
    page, since, seen, statuses = 1, "2014-01-01T00:00:00Z", [], []
    while len(statuses) < 10:
        answer = hub.poll(since, page=str(page))
        seen += numbers(answer)
        statuses.append(answer.status)
        since, page = answer.body["parameters"]["since"], answer.body["parameters"]["page"]
        if answer.status == 200:
            break
    assert (seen, statuses, page) == (sent, [206, 206, 200], 1)
    assert numbers(hub.poll(since)) == []
    assert {each.state for each in hub.order("H4").shipments.all()} == {"confirmed"}
    behind = hub.poll("2014-01-01T00:00:00Z", page=9)
    assert (behind.status, numbers(behind)) == (200, [])
    assert behind.body["parameters"]["since"] >= since, "a page behind the last turns nothing back"


def test_an_order_that_leaves_in_two_parts_is_shown_whole_each_time(hub: Hub) -> None:
    taken(hub)
    hub.ship("1Z1", units=0)
    first = hub.poll()
    [part] = first.body["shipments"]
    assert (part["fulfillment_status"], part["tracking"]) == ("shipped_short", "1Z1")
    assert part["shipped_items"] == [{"product_id": "TOTE-NAT-01", "quantity": 2}]
    hub.ship("1Z2")
    [whole] = hub.poll(first.body["parameters"]["since"]).body["shipments"]
    assert (whole["fulfillment_status"], whole["tracking"]) == ("shipped", "1Z1, 1Z2")
    assert whole["items"] == shipment()["items"]
    assert len(whole["packages"]) == 2
    assert numbers(hub.poll()) == [NUMBER], "one entry, not two"


def test_cangaroo_proves_with_its_own_clock_what_it_got(hub: Hub) -> None:
    taken(hub)
    hub.ship()
    told = hub.second("get_shipments", parameters={}, last_poll=0)
    assert numbers(told) == [NUMBER]
    began = int(datetime.now(UTC).timestamp())
    hub.second("get_shipments", last_poll=began - 60)
    assert hub.order().shipments.get().state == "queued", "it may not have got that answer"
    later = hub.second("get_shipments", last_poll=began + 60)
    assert numbers(later) == []
    assert hub.order().shipments.get().state == "confirmed"


def test_what_another_store_ships_is_none_of_this_one(hub: Hub) -> None:
    other = open_hub(open=False)
    other.store.set_credentials(hub_token="another-token-of-another-store-1")
    other.store.save()
    other.token = "another-token-of-another-store-1"
    taken(hub)
    taken(other)
    hub.ship()
    assert numbers(other.poll()) == []
    assert numbers(hub.poll()) == [NUMBER]


def test_stock_is_what_may_be_sold_and_told_when_it_changed(hub: Hub) -> None:
    warehouse = place_of(hub.store).warehouse
    tote = hub.store.merchant.products.get(sku="TOTE-NAT-01")
    mug = hub.store.merchant.products.get(sku="MUG-BLU-35")
    stock(tote, warehouse, 10)
    stock(mug, warehouse, 5)
    first = hub.poll(path="get_inventory")
    shown = {each["product_id"]: each["quantity"] for each in first.body["inventories"]}
    assert shown == {"TOTE-NAT-01": 10, "MUG-BLU-35": 5}
    since = first.body["parameters"]["since"]
    assert hub.poll(since, "get_inventory").body["inventories"] == []

    taken(hub)
    changed = hub.poll(since, "get_inventory").body["inventories"]
    assert {each["product_id"]: each["quantity"] for each in changed} == {
        "TOTE-NAT-01": 8,
        "MUG-BLU-35": 4,
    }
    assert hub.poll(since, "get_inventory").body["inventories"] == changed
    one = hub.first("get_inventory", sku="TOTE-NAT-01")
    assert one.body["messages"][0]["payload"] == {"sku": "TOTE-NAT-01", "quantity": 8}
    assert set(hub.first("get_inventory", sku="NOPE").body) == {"message_id"}


def test_the_first_generation_is_told_a_sku_of_all_places_together(hub: Hub) -> None:
    tote = hub.store.merchant.products.get(sku="TOTE-NAT-01")
    other = WarehouseFactory()
    LocationFactory(store=hub.store, warehouse=other, ref="Reno")
    stock(tote, place_of_first(hub), 10)
    stock(tote, other, 3)
    elsewhere = WarehouseFactory()
    stock(tote, elsewhere, 100)
    told = hub.first("get_inventory")
    assert [each["payload"] for each in told.body["messages"]] == [
        {"sku": "TOTE-NAT-01", "quantity": 13}
    ]
    rows = hub.poll(path="get_inventory").body["inventories"]
    assert {(row["id"], row["quantity"]) for row in rows} == {
        ("TOTE-NAT-01@Dulles East", 10),
        ("TOTE-NAT-01@Reno", 3),
    }


def place_of_first(hub: Hub) -> Any:
    return hub.store.locations.get(ref="Dulles East").warehouse


@pytest.mark.usefixtures("engine")
@pytest.mark.django_db(transaction=True)
def test_a_shipment_whose_transaction_ends_late_is_not_skipped() -> None:
    hub = open_hub()
    taken(hub, NUMBER, OTHER)
    recorded, may_end = threading.Event(), threading.Event()

    def ship_slowly() -> None:
        try:
            with transaction.atomic():
                hub.ship("1ZLATE")
                recorded.set()
                assert may_end.wait(20)
        finally:
            connections.close_all()

    slow = threading.Thread(target=ship_slowly)
    slow.start()
    assert recorded.wait(20)
    hub.ship("9400", ref=OTHER)
    first = hub.poll()
    assert numbers(first) == [OTHER]
    may_end.set()
    slow.join()
    since = first.body["parameters"]["since"]
    late = hub.order().shipments.get()
    assert late.shipped_at < datetime.fromisoformat(since), "its own time lies before the watermark"
    assert numbers(hub.poll(since)) == [NUMBER]


def test_two_shipments_of_one_moment_have_two_marks(hub: Hub) -> None:
    taken(hub, NUMBER, OTHER)
    hub.ship()
    hub.ship("9400", ref=OTHER)
    Showing.objects.update(happened_at=timezone.now())
    first = hub.poll(page=1)
    assert numbers(first) == [NUMBER, OTHER]
    marks = list(Showing.objects.filter(about=About.SHIPMENTS).values_list("mark", flat=True))
    assert len(set(marks)) == 2


def test_a_rest_that_never_leaves_is_closed_short_here(hub: Hub) -> None:
    taken(hub)
    hub.ship("1Z1", units=0)
    closed = changes.close_short([hub.order().pk], by=UserFactory(), message="Broken")
    assert closed.done
    first = hub.poll()
    [part] = first.body["shipments"]
    assert part["fulfillment_status"] == "shipped_short"
    hub.poll(first.body["parameters"]["since"])
    order = hub.order()
    assert (order.request_status, order.work_status) == ("closed", "closed")
    assert sum(line.short for line in order.lines.all()) > 0
    assert not order.store.calls.exists()


def test_a_hub_that_stops_asking_is_noticed(hub: Hub) -> None:
    taken(hub)
    hub.ship()
    now = timezone.now()
    unasked.note(hub.store, now)
    assert not hub.store.alarms.exists()
    for _ in range(2):
        unasked.note(hub.store, now + timedelta(hours=7))
    [alarm] = hub.store.alarms.filter(cleared_at=None)
    assert "wait to be asked for" in alarm.message

    since = hub.poll().body["parameters"]["since"]
    hub.poll(since)
    unasked.note(hub.store, now + timedelta(hours=8))
    assert not hub.store.alarms.filter(cleared_at=None).exists()
