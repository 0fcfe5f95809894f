"""The proof on an order's page: who sees what was said, and what it costs to show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfillment.models import FulfillmentOrder, ShipmentState
from relay.models import CallState, Exchange, OutboundCall
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, text


def show(client: Client, order: FulfillmentOrder) -> str:
    return text(client.get(address(FulfillmentOrder, "change", order.pk)))


def exchange(order: FulfillmentOrder, **columns: object) -> Exchange:
    """A reading of the order, as a pull makes it."""
    wishes = {
        "store": order.store,
        "purpose": "read again",
        "about": order.ref,
        "seconds": 0.31,
        "method": "GET",
        "url": f"{order.store.base_url}fulfillment-orders/{order.ref}/",
        "status": 200,
        "answer": '{"status": "processing"}',
        "correlation_id": "corr-1",
    }
    return Exchange.objects.create(**(wishes | columns))


def test_what_was_said_is_shown_word_for_word_with_who_when_and_how_long(
    house: House, manager: Client
) -> None:
    order = rows.accepted(house.reno)
    exchange(order, request_body={"message": "Räksmörgås"})
    rows.call(order, CallState.DONE)
    shown = show(manager, order)
    assert "read again · GET → 200 (0.31 s)" in shown
    assert "Accept request, by rule · POST → 400 (0.20 s)" in shown
    assert "Correlation id corr-1" in shown
    assert "Räksmörgås" in shown
    assert "{&quot;status&quot;: &quot;processing&quot;}" in shown


def test_what_a_store_says_is_text_and_never_markup(house: House, manager: Client) -> None:
    order = rows.order(house.reno, upstream_status="<b>bold</b>")
    evil = "<script>alert(1)</script>"
    exchange(order, answer=evil, url=f"https://x/{evil}", request_body={"message": evil})
    FulfillmentOrder.objects.update(
        shipments_there=[{"ref": evil, "codes": [evil], "units": 1, "status": evil}]
    )
    raw = manager.get(address(FulfillmentOrder, "change", order.pk)).content.decode()
    assert "<script>alert(1)" not in raw
    assert "<b>bold" not in raw
    assert raw.count("&lt;script&gt;alert(1)") == 6


@pytest.mark.parametrize("who", ["picker", "shipper", "supervisor"])
def test_only_who_may_look_at_calls_reads_exchanges(house: House, who: str) -> None:
    order = rows.accepted(house.reno)
    exchange(order)
    shown = show(house.client(who), order)
    assert "Proof: is the store in step with us?" in shown
    assert "word for word" not in shown
    assert "corr-1" not in shown


def test_exchanges_about_other_orders_are_not_shown(house: House, manager: Client) -> None:
    order, other = rows.accepted(house.reno), rows.accepted(house.reno)
    exchange(other, correlation_id="about-another")
    exchange(order, about="", correlation_id="about-none")
    rows.call(other)
    shown = show(manager, order)
    assert "about-another" not in shown
    assert "about-none" not in shown
    assert "No request about this order alone is kept." in shown


def test_only_the_last_exchanges_are_shown(house: House, manager: Client) -> None:
    order = rows.accepted(house.reno)
    for number in range(30):
        exchange(order, correlation_id=f"corr-{number:02}")
    shown = show(manager, order)
    assert shown.count("Correlation id") == 20
    assert "corr-29" in shown
    assert "corr-09" not in shown


def queries(client: Client, order: FulfillmentOrder) -> int:
    show(client, order)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        show(client, order)
    return len(captured)


def test_the_page_costs_the_same_however_much_was_said(house: House, manager: Client) -> None:
    order = rows.accepted(house.reno)
    exchange(order)
    rows.call(order)
    rows.shipped(order, "1Z-0")
    few = queries(manager, order)
    for number in range(1, 12):
        exchange(order)
        rows.call(order, attempts=3)
        rows.line(order, f"SKU-{number}")
        rows.shipped(order, f"1Z-{number}")
    assert queries(manager, order) == few


def test_the_verdict_leads_to_what_helps(house: House, manager: Client, picker: Client) -> None:
    order = rows.accepted(house.reno)
    rows.call(order)
    url = f"{address(FulfillmentOrder, 'act', 'tell_again')}?id={order.pk}"
    shown = manager.get(address(FulfillmentOrder, "change", order.pk))
    assert shown.context["proof"].verdict.finding == "refused"
    panel = shown.content.decode().partition('id="proof"')[2]
    assert f'href="{url}' in panel
    assert "Tell the store again" not in show(picker, order), "a picker may not"


def test_a_shipment_that_was_given_up_can_be_told_after_all(
    house: House, supervisor: Client
) -> None:
    order = rows.accepted(house.reno)
    shipment = rows.shipped(order)
    order.shipments.update(state=ShipmentState.UNTOLD, remark="The store was closed.")
    OutboundCall.objects.create(
        store=order.store,
        key=f"create_fulfillment:{shipment.pk}",
        verb="create_fulfillment",
        subject="order",
        subject_id=order.pk,
        lane=order.lane,
        priority=20,
        payload={"shipment_id": shipment.pk},
        state=CallState.CANCELLED,
    )
    assert "somebody gave up telling the store" in show(supervisor, order)

    assert act(supervisor, "tell_again", order) == "Being told again: 1."
    assert "Nothing about it is stuck" in text(page(supervisor, "tell_again", [order]))

    [call] = OutboundCall.objects.filter(state=CallState.WAITING)
    assert call.payload == {"shipment_id": shipment.pk}
    assert order.shipments.get().state == ShipmentState.QUEUED
    assert "it is being told" in show(supervisor, order)
