"""Unknown SKUs become products, and what waited for them is checked again."""

import pytest
from django.test import Client

from fulfillment import catalogue
from fulfillment.models import FulfillmentOrder
from inventory.models import Product
from locations.models import RequestPolicy
from relay.models import OutboundCall
from tests.factories import LocationFactory, ProductFactory, StoreFactory
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import act, page, said, send, text


@pytest.fixture
def unknown(house: House) -> FulfillmentOrder:
    """An order for two things nobody told us of, checked on arrival."""
    order = rows.order(house.reno, skus=("NEW-1", "NEW-2", "TENT-2P-GRN"))
    catalogue.check_again([order.pk])
    order.refresh_from_db()
    assert order.open_problems == 2
    return order


def skus(house: House) -> list[str]:
    return list(house.store.merchant.products.values_list("sku", flat=True))


def test_unknown_skus_become_products_of_the_merchant(
    supervisor: Client, house: House, unknown: FulfillmentOrder
) -> None:
    shown = page(supervisor, "add_products", [unknown])
    assert "NEW-1, NEW-2: known to us from now on." in text(shown)
    assert said(send(supervisor, shown)) == "Orders whose SKUs are products now: 1."
    assert skus(house) == ["NEW-1", "NEW-2", "TENT-2P-GRN"]
    assert Product.objects.get(sku="NEW-1").title == "A thing"
    assert "Added to the products: NEW-1, NEW-2." in [e.text for e in unknown.events.all()]


def test_the_problems_go_and_the_suggestion_turns(
    supervisor: Client, unknown: FulfillmentOrder
) -> None:
    act(supervisor, "add_products", unknown)
    unknown.refresh_from_db()
    assert unknown.open_problems == 0
    assert unknown.requests.get().suggestion == "accept"


def test_other_orders_that_wait_with_these_skus_are_checked_too(
    supervisor: Client, house: House, unknown: FulfillmentOrder
) -> None:
    sister = LocationFactory(store=StoreFactory(merchant=house.store.merchant))
    same, sisters, other = (
        rows.order(house.erie, skus=("NEW-1",)),
        rows.order(sister, skus=("NEW-2",)),
        rows.order(house.reno, skus=("NEW-3",)),
    )
    catalogue.check_again([same.pk, sisters.pk, other.pk])
    act(supervisor, "add_products", unknown)
    left = FulfillmentOrder.objects.filter(open_problems__gt=0)
    assert list(left) == [other]


def test_what_is_clear_now_is_accepted_where_the_store_has_such_a_rule(
    supervisor: Client, house: House, unknown: FulfillmentOrder
) -> None:
    house.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    house.store.save()
    act(supervisor, "add_products", unknown)
    unknown.refresh_from_db()
    assert unknown.pending_answer == "accept_request"
    assert OutboundCall.objects.get().created_by is None


def test_sent_twice_it_adds_once(supervisor: Client, unknown: FulfillmentOrder) -> None:
    shown = page(supervisor, "add_products", [unknown])
    send(supervisor, shown)
    assert catalogue.NOTHING_UNKNOWN in said(send(supervisor, shown))
    assert unknown.events.filter(text__startswith="Added").count() == 1


def test_an_empty_sku_is_no_product_and_another_merchants_product_does_not_count(
    supervisor: Client, house: House
) -> None:
    ProductFactory(sku="NEW-1")
    order = rows.order(house.reno, skus=("", "NEW-1"))
    act(supervisor, "add_products", order)
    assert skus(house) == ["NEW-1", "TENT-2P-GRN"]
    order.refresh_from_db()
    assert [problem.detail for problem in order.problems.filter(settled_at=None)] == [
        "“A thing” has no SKU."
    ]


def test_what_is_decided_needs_no_product(supervisor: Client, house: House) -> None:
    order = rows.accepted(house.reno, skus=("NEW-1",))
    assert catalogue.NOT_WAITING in text(page(supervisor, "add_products", [order]))
    assert catalogue.NOT_WAITING in text(page(supervisor, "check_again", [order]))


def test_a_product_that_was_added_by_hand_is_found_when_checked_again(
    supervisor: Client, house: House, unknown: FulfillmentOrder
) -> None:
    for sku in ("NEW-1", "NEW-2"):
        ProductFactory(merchant=house.store.merchant, sku=sku)
    assert act(supervisor, "check_again", unknown) == "Checked again: 1."
    unknown.refresh_from_db()
    assert unknown.open_problems == 0
