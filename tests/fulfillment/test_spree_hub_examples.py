"""Every exchange that the contract of the Spree hub shows, played to us."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import Action
from tests.factories import stock
from tests.platforms.contract import example
from tests.spree_hub import (
    CONTRACT,
    NUMBER,
    OTHER,
    Hub,
    assert_valid,
    cangaroo_breaches,
    exchange,
    heard,
    open_hub,
    place_of,
    shipment,
)

pytestmark = pytest.mark.django_db
# These are ours to send, and we send nothing unasked.
PUSHES = "push_"
# Ours may say more than the example shows; it says nothing less and nothing else.
TEXTS = ("subject", "description", "summary", "error", "updated_at", "shipped_at", "shipped_date")
# What our floor knows more or less of than the one in the examples.
FREE = ("since", "value", "tracking_url", "quantity", "cost", "email", "carrier", "order_number")
EXTRAS = {"packages", "tracking_url"}
LISTED = [each for each in example("index.json", CONTRACT) if not each["file"].startswith(PUSHES)]
CALLS = [each for each in LISTED if each["operationId"] != "manifest"]


@pytest.fixture
def hub() -> Hub:
    return open_hub()


def taken(hub: Hub) -> None:
    assert hub.second("add_shipment", shipment=shipment()).status == 200


def picking(hub: Hub) -> None:
    taken(hub)
    hub.step(Action.START_PICKING)


def shipped(hub: Hub) -> None:
    taken(hub)
    mugs = [{**shipment()["items"][2]}] * 2
    other = shipment(
        OTHER,
        order_id="R734019301",
        items=mugs,
        shipping_method="First Class",
        shipping_method_code=None,
    )
    assert hub.second("add_shipment", shipment=other).status == 200
    hub.ship("1Z77W0440390112284", "1Z77W0440390112293")
    hub.ship("9400111899223100456789", ref=OTHER, units=1)


def shipped_first(hub: Hub) -> None:
    assert hub.replay("gen1_drop_ship_multi_message", message_id="the one before").status == 200
    hub.ship("1Z77W0440390112284")
    hub.ship("9400111899223100456789", ref=OTHER)


def stocked(hub: Hub) -> None:
    warehouse = place_of(hub.store).warehouse
    for product, units in zip(
        hub.store.merchant.products.order_by("-sku"), (412, 138), strict=True
    ):
        stock(product, warehouse, units)


def taken_first(hub: Hub) -> None:
    assert hub.replay("gen1_drop_ship_full_shipment").level == "info"


SETUPS: Mapping[str, Callable[[Hub], None]] = {
    "gen1_cancel_too_late": picking,
    "gen1_drop_ship_multi_message": shipped_first,
    "gen1_drop_ship_same_shipment_new_message": taken_first,
    "gen1_tracking_poll": shipped_first,
    "gen1_stock_query": stocked,
    "gen2_add_shipment_again": taken,
    "gen2_update_shipment": taken,
    "gen2_update_shipment_cancel": taken,
    "gen2_update_shipment_after_shipping": shipped,
    "gen2_cancel_shipment": taken,
    "gen2_cancel_shipment_too_late": picking,
    "gen2_get_shipments": shipped,
    "gen2_get_shipments_page_206": shipped,
    "gen2_get_shipments_page_last": shipped,
    "gen2_cangaroo_poll_first": shipped,
    "gen2_get_inventory": stocked,
    "gen2_get_inventory_one": stocked,
}
OPTIONS: Mapping[str, dict[str, Any]] = {
    "gen1_seed_minimal": {"open": True},
    "gen2_get_shipments_page_206": {"page_size": 1},
    "gen2_get_shipments_page_last": {"page_size": 1},
}
# What fails there is our database, which a test of its own takes away.
BROKEN = {"gen1_failure_500", "gen2_failure_500"}


@pytest.mark.acceptance("spree_hub", 6)
@pytest.mark.parametrize(
    "listed",
    [each for each in CALLS if each["file"].removesuffix(".json") not in BROKEN],
    ids=lambda each: str(each["file"].removesuffix(".json")),
)
def test_the_answer_is_the_one_that_the_contract_shows(listed: dict[str, Any]) -> None:
    name = listed["file"].removesuffix(".json")
    hub = open_hub(**OPTIONS.get(name, {}))
    SETUPS.get(name, lambda hub: None)(hub)
    expected = exchange(name)["response"]

    answer = hub.replay(name)

    assert answer.status == listed["status"]
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert_valid(listed["response_schema"], answer.body)
    assert_like(expected["body"], answer.body)
    if listed["generation"] == 2 and answer.status in (200, 206):
        assert cangaroo_breaches(answer.body) == []


def assert_like(expected: Any, found: Any, at: str = "") -> None:
    """The same keys everywhere, and the same values but for texts, times and figures of a test."""
    if isinstance(expected, dict):
        assert set(found) ^ set(expected) <= EXTRAS, at
        for key in set(found) & set(expected):
            assert_like(expected[key], found[key], f"{at}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, list), at
        for number, (one, other) in enumerate(zip(expected, found, strict=False)):
            assert_like(one, other, f"{at}[{number}]")
    elif at.split(".")[-1] in TEXTS:
        assert isinstance(found, str), at
        assert found, at
    else:
        assert type(expected) is type(found), at
        assert expected == found or at.split(".")[-1] in FREE, at


def test_the_manifest_can_be_read_without_a_token(hub: Hub) -> None:
    answer = heard(hub.client.get("/spree_hub/endpoint.json"))
    assert answer.status == 200
    assert_valid("Manifest", answer.body)
    shown = exchange("manifest")["response"]["body"]
    assert answer.body["name"] == shown["name"]
    paths = {each["path"] for each in answer.body["services"]}
    assert {each["path"] for each in shown["services"]} <= paths


def test_what_the_examples_create_is_created_once() -> None:
    hub = open_hub()
    for name in ("gen1_drop_ship_full_shipment", "gen1_drop_ship_order_new", "gen2_add_shipment"):
        assert hub.replay(name).status == 200
    order = FulfillmentOrder.objects.get()
    assert (order.ref, order.order.ref) == (NUMBER, "R734019265")
    assert {line.sku: line.ordered for line in order.lines.all()} == {
        "TOTE-NAT-01": 2,
        "MUG-BLU-35": 1,
    }


def test_each_listed_example_is_looked_at() -> None:
    files = {path.name for path in (CONTRACT / "examples").glob("*.json")}
    assert files == {each["file"] for each in example("index.json", CONTRACT)} | {"index.json"}
