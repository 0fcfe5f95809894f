"""What a hub asks us to do: take, change and cancel, in whatever order it comes."""

from typing import Any

import pytest

from fulfillment.models import FulfillmentOrder, WorkStatus
from fulfillment.transitions import Action
from inventory.models import UnknownSku
from tests.books import assert_books_are_right
from tests.factories import LocationFactory, stock
from tests.spree_hub import (
    NUMBER,
    OTHER,
    Hub,
    exchange,
    open_hub,
    place_of,
    shipment,
    shipment1,
)

pytestmark = pytest.mark.django_db
REFUSED = {
    "no items": {"items": []},
    "no items at all": {"items": None},
    "a city is missing": {"shipping_address": {"city": " "}},
    "the street is missing": {"shipping_address": {"address1": None}},
    "the zip code is missing": {"shipping_address": {"zipcode": ""}},
    "the country is missing": {"shipping_address": {"country": None}},
    "no such country": {"shipping_address": {"country": "Neverland"}},
    "a country that is not served": {"shipping_address": {"country": "DE"}},
    "out of the zone": {"shipping_address": {"zipcode": "99950"}},
    "an unknown SKU": {"items": [{"product_id": "NOPE-1", "quantity": 1}]},
    "an item without a SKU": {"items": [{"name": "Ghost", "quantity": 1}]},
    "a quantity that is none": {"items": [{"product_id": "MUG-BLU-35", "quantity": "many"}]},
    "a negative quantity": {"items": [{"product_id": "MUG-BLU-35", "quantity": -1}]},
    "too many": {"items": [{"product_id": "MUG-BLU-35", "quantity": 2**31 - 1}] * 2},
    "items that are none": {"items": "two mugs"},
    "a stock location that is not ours": {"stock_location": "Reno"},
    "a number that is too long": {"id": "H" * 65},
    "no number": {"id": ""},
}


@pytest.fixture
def hub() -> Hub:
    return open_hub()


def changed(wish: dict[str, Any]) -> dict[str, Any]:
    found = shipment()
    address = wish.get("shipping_address")
    return {**found, **wish} | (
        {"shipping_address": found["shipping_address"] | address} if address else {}
    )


@pytest.mark.parametrize("wish", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shipped_is_refused_in_each_generation_and_nothing_is_created(
    wish: dict[str, Any], hub: Hub
) -> None:
    second = hub.second("add_shipment", shipment=changed(wish))
    first = hub.first("drop_ship", shipment={**changed(wish), "number": changed(wish)["id"]})
    assert (second.status, set(second.body)) == (500, {"request_id", "summary"})
    assert (first.status, set(first.body)) == (200, {"message_id", "notifications"})
    assert first.level == "error"
    assert FulfillmentOrder.objects.count() == 0


def test_units_of_a_sku_are_added_up_and_the_address_is_read(hub: Hub) -> None:
    hub.second("add_shipment", shipment=shipment())
    order = hub.order()
    assert (order.request_status, order.work_status) == ("accepted", "allocated")
    assert [(line.sku, line.open) for line in order.lines.all()] == [
        ("TOTE-NAT-01", 2),
        ("MUG-BLU-35", 1),
    ]
    assert order.recipient == "Marta Oquendo"
    assert order.warehouse == place_of(hub.store).warehouse
    assert "our answer accepted it" in "\n".join(e.text for e in order.events.all())


def test_what_is_taken_holds_stock_and_a_cancellation_lets_it_go(hub: Hub) -> None:
    product = hub.store.merchant.products.get(sku="TOTE-NAT-01")
    level = stock(product, place_of(hub.store).warehouse, 10)
    hub.second("add_shipment", shipment=shipment())
    level.refresh_from_db()
    assert level.allocated == 2
    assert hub.second("cancel_shipment", shipment={"id": NUMBER}).status == 200
    level.refresh_from_db()
    assert (level.allocated, level.available) == (0, 10)
    order = hub.order()
    assert (order.request_status, order.work_status) == ("cancel_accepted", "cancelled")
    assert {line.cancelled for line in order.lines.all()} == {1, 2}
    assert_books_are_right()


def test_a_cancellation_that_comes_again_or_is_about_nothing_is_no_error(hub: Hub) -> None:
    unknown = hub.second("cancel_shipment", shipment={"id": "H0"})
    assert (unknown.status, unknown.body["shipments"]) == (200, [])
    hub.second("add_shipment", shipment=shipment())
    hub.second("cancel_shipment", shipment={"id": NUMBER})
    again = hub.second("cancel_shipment", shipment={"id": NUMBER})
    assert (again.status, again.body["shipments"]) == (200, [])
    assert hub.first("cancel_shipment").body.keys() == {"message_id"}


def test_an_order_is_cancelled_with_all_its_shipments_or_not_at_all(hub: Hub) -> None:
    for number in (NUMBER, OTHER):
        hub.second("add_shipment", shipment=shipment(number))
    hub.step(Action.START_PICKING)
    order = exchange("gen1_cancel_too_late")["request"]["body"]["payload"]["order"]
    late = hub.first("cancel_shipment", order=order)
    assert (late.status, late.level) == (200, "error")
    assert hub.order(OTHER).work_status == WorkStatus.ALLOCATED

    FulfillmentOrder.objects.filter(ref=NUMBER).update(work_status=WorkStatus.ALLOCATED)
    good = hub.first("cancel_shipment", order=order)
    assert (good.status, good.level) == (200, "info")
    assert {each.work_status for each in FulfillmentOrder.objects.all()} == {"cancelled"}


@pytest.mark.parametrize("word", ["canceled", "cancelled", "Canceled"])
def test_a_status_of_cancelled_cancels_whatever_the_path(word: str, hub: Hub) -> None:
    hub.second("add_shipment", shipment=shipment())
    answer = hub.second("update_shipment", shipment=shipment(status=word))
    assert (answer.status, answer.body["shipments"][0]["status"]) == (200, "canceled")
    assert hub.order().work_status == WorkStatus.CANCELLED
    again = hub.second("add_shipment", shipment=shipment())
    assert (again.status, "cancelled here" in again.body["summary"]) == (500, True)


def test_before_picking_a_change_is_taken_over_at_once(hub: Hub) -> None:
    hub.second("add_shipment", shipment=shipment())
    mugs = [{"product_id": "MUG-BLU-35", "quantity": "3"}]
    address = shipment()["shipping_address"] | {"address1": "2 New Street"}
    wish = shipment(items=mugs, shipping_address=address, updated_at="2014-10-06T15:00:00Z")
    answer = hub.second("update_shipment", shipment=wish)
    assert (answer.status, answer.body["shipments"][0]["items"]) == (200, mugs)
    order = hub.order()
    assert order.address["line1"] == "2 New Street"
    assert {line.sku: line.open for line in order.lines.all()} == {
        "TOTE-NAT-01": 0,
        "MUG-BLU-35": 3,
    }
    assert (order.work_status, order.held_here, order.open_problems) == ("allocated", False, 0)
    assert hub.second("update_shipment", shipment=wish).body["shipments"] == []


def test_an_older_change_that_comes_late_changes_nothing(hub: Hub) -> None:
    hub.second("add_shipment", shipment=shipment(updated_at="2014-10-06T15:00:00Z"))
    old = shipment(updated_at="2014-10-06T14:00:00Z", items=shipment()["items"][:1])
    answer = hub.second("update_shipment", shipment=old)
    assert (answer.status, answer.body["shipments"]) == (200, [])
    assert {line.open for line in hub.order().lines.all()} == {1, 2}


def test_a_change_that_comes_while_it_is_packed_stops_the_floor(hub: Hub) -> None:
    hub.second("add_shipment", shipment=shipment())
    hub.step(Action.START_PICKING)
    answer = hub.second("update_shipment", shipment=shipment(items=shipment()["items"][:1]))
    assert (answer.status, answer.body["summary"].startswith("Warning: ")) == (200, True)
    order = hub.order()
    assert (order.held_here, order.open_problems, order.work_status) == (True, 1, "picking")


def test_a_change_that_overtakes_its_shipment_is_to_be_sent_again(hub: Hub) -> None:
    early = hub.second("update_shipment", "one", shipment=shipment())
    assert early.status == 500
    assert hub.second("add_shipment", "two", shipment=shipment()).status == 200
    assert hub.second("update_shipment", "one", shipment=shipment()).status == 200
    first = hub.first("update_shipment", shipment=shipment1("H1"))
    assert (first.status, set(first.body)) == (500, {"message_id", "error", "notifications"})


def test_what_is_shipped_elsewhere_is_ignored_or_stops_the_floor(hub: Hub) -> None:
    for path in ("add_shipment", "update_shipment"):
        answer = hub.second(path, shipment=shipment(status="shipped"))
        assert (answer.status, answer.body["shipments"]) == (200, [])
    assert hub.first("drop_ship", shipment=shipment1(status="shipped")).level == "warn"
    assert FulfillmentOrder.objects.count() == 0

    hub.second("add_shipment", shipment=shipment())
    stopped = hub.second("update_shipment", shipment=shipment(status="shipped"))
    assert (stopped.status, "stopped" in stopped.body["summary"]) == (200, True)
    order = hub.order()
    assert (order.work_status, order.open_problems) == ("closed", 1)


def test_what_is_not_ready_is_not_taken_and_an_unknown_status_is_with_a_doubt(hub: Hub) -> None:
    pending = hub.first("drop_ship", shipment=shipment1(status="pending"))
    assert pending.level == "warn"
    assert FulfillmentOrder.objects.count() == 0
    odd = hub.first("drop_ship", shipment=shipment1(status="backordered"))
    assert odd.level == "warn"
    assert (hub.order().upstream_status, hub.order().work_status) == ("backordered", "allocated")


def test_an_order_is_its_ready_shipments_or_else_itself(hub: Hub) -> None:
    order = exchange("gen1_drop_ship_order_new")["request"]["body"]["payload"]["order"]
    unready = [{**each, "status": "pending"} for each in order["shipments"]]
    assert hub.first("drop_ship", order={**order, "shipments": unready}).level == "warn"
    assert FulfillmentOrder.objects.count() == 0

    whole = {**order, "number": "R1", "shipments": [], "stock_location": None}
    assert hub.first("drop_ship", order=whole).level == "info"
    taken = hub.order("R1")
    assert (taken.order.ref, taken.warehouse) == ("R1", place_of(hub.store).warehouse)

    again = hub.first("drop_ship", shipment=shipment1("H9", order_number="R1"))
    assert again.level == "error", "it would be shipped twice"
    second = hub.second("add_shipment", order={"id": "R2", "line_items": whole["line_items"]})
    assert "no shipping address" in second.body["summary"]


def test_a_raw_spree_order_is_read_too(hub: Hub) -> None:
    raw = {
        "id": 4410,
        "number": "R7",
        "state": "complete",
        "total": "72.62",
        "ship_address": {
            "firstname": "Marta",
            "lastname": "Oquendo",
            "address1": "418 Larkspur Court",
            "zipcode": "20175",
            "city": "Leesburg",
            "state": {"abbr": "VA", "name": "Virginia"},
            "country": {"iso": "US", "name": "United States"},
        },
        "line_items": [{"quantity": "2", "variant": {"sku": "MUG-BLU-35", "name": "Mug"}}],
    }
    assert hub.first("drop_ship", order=raw).level == "info"
    order = hub.order("R7")
    assert (order.address["region"], order.address["country"]) == ("VA", "US")
    assert [(line.sku, line.open) for line in order.lines.all()] == [("MUG-BLU-35", 2)]


def test_a_shipment_without_a_place_needs_the_only_one(hub: Hub) -> None:
    assert hub.second("add_shipment", shipment=shipment(stock_location=None)).status == 200
    LocationFactory(store=hub.store, ref="Reno", name="Reno")
    two = hub.second("add_shipment", shipment=shipment(OTHER, stock_location=None))
    assert two.status == 500


def test_an_unknown_sku_is_shown_and_taken_where_the_store_wants_that(hub: Hub) -> None:
    wish = shipment(items=[{"product_id": "NOPE-1", "quantity": 1}])
    assert "NOPE-1" in hub.second("add_shipment", shipment=wish).body["summary"]
    assert UnknownSku.objects.get().sku == "NOPE-1"
    hub.store.options["refuses_unknown_skus"] = False
    hub.store.save()
    assert hub.second("add_shipment", shipment=wish).status == 200


def test_one_bad_shipment_of_an_order_stops_all_of_it(hub: Hub) -> None:
    payload = exchange("gen1_drop_ship_multi_message")["request"]["body"]["payload"]
    payload["order"]["shipments"][1]["items"][0]["sku"] = "NOPE-1"
    answer = hub.first("drop_ship", **payload)
    assert answer.level == "error"
    assert OTHER in answer.body["notifications"][0]["subject"]
    assert FulfillmentOrder.objects.count() == 0


def test_the_order_of_the_tutorial_has_an_address_and_nothing_to_ship(hub: Hub) -> None:
    payload = exchange("gen1_validate_address_ok")["request"]["body"]["payload"]
    assert hub.first("validate_address", **payload).level == "info"
    assert hub.first("drop_ship", **payload).level == "error"
    good = hub.second("validate_address", **payload)
    assert (good.status, good.body["orders"]) == (200, [])
    assert hub.second("validate_address").status == 500


@pytest.mark.acceptance("spree_hub", 8)
def test_extra_fields_do_no_harm_and_are_kept(hub: Hub) -> None:
    wish = shipment(gift_message="With love", custom={"deep": [1, {"er": None}]})
    answer = hub.second("add_shipment", shipment=wish, store_name="Acme", mapping=[], source=7)
    assert answer.status == 200
    assert hub.order().raw["shipment"]["custom"] == {"deep": [1, {"er": None}]}
