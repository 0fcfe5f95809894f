"""Orders, shipping methods and delivery events: what is asked, told and concluded."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.errors import Forbidden, Malformed, Missing, PlatformError, Refused, Uncertain
from platforms.interface import Inbound
from platforms.next29.client import Next29Client
from platforms.next29.shipping import read_fulfillment
from platforms.next29.webhook import WEBHOOK
from platforms.records import (
    Dispatch,
    Reported,
    ShippingMethodRecord,
    TrackingEventRecord,
    TrackingStatus,
)
from tests.platforms.contract import NEXT29, example
from tests.platforms.tiny_server import TinyServer, says

ORDER = example("order.response.json")
EVENT = example("fulfillment_event_create.response.json")
ABOUT = Reported("100250", "80473", "70210", Dispatch((), ()))
SAID = TrackingEventRecord(
    happened_at=datetime(2026, 3, 3, 8, 12, tzinfo=UTC),
    status=TrackingStatus.IN_TRANSIT,
    message="Departed facility",
    city="Reno",
    region="NV",
    country="US",
)
DENIED = says({"detail": "You do not have permission to perform this action."}, 403)


def paths(tiny: TinyServer) -> list[str]:
    return [asked.path.removeprefix("/api/admin/") for asked in tiny.asked]


def test_an_order_says_who_to_write_to_and_whether_it_is_a_test(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says(ORDER), says({**ORDER, "is_test": True, "user": None, "tags": None}))
    order = client.fetch_order("100250")
    assert (order.email, order.is_test) == ("dana@example.com", False)
    assert (order.tags, order.metadata) == (("vip",), {"channel": "web"})
    bare = client.fetch_order("100250")
    assert (bare.email, bare.is_test, bare.tags) == ("", True, ())
    assert paths(tiny) == ["orders/100250/"] * 2


@pytest.mark.parametrize("word", ["false", "", None, 0, []])
def test_only_a_plain_no_says_that_it_is_no_test(
    tiny: TinyServer, client: Next29Client, word: Any
) -> None:
    tiny.will(says({**ORDER, "is_test": word}))
    assert client.fetch_order("100250").is_test is None


def test_the_number_of_an_order_is_text(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says({**ORDER, "number": "A/1 ü?"}))
    assert client.fetch_order("A/1 ü?").ref == "A/1 ü?"
    assert paths(tiny) == ["orders/A%2F1%20%C3%BC%3F/"]


@pytest.mark.parametrize("number", ["", " ", "..", "../locations"])
def test_a_number_that_leads_elsewhere_is_not_asked_for(
    tiny: TinyServer, client: Next29Client, number: str
) -> None:
    with pytest.raises(PlatformError):
        client.fetch_order(number)
    assert not tiny.asked


@pytest.mark.parametrize("answer", [{}, [], {"number": None}, {**ORDER, "number": "100251"}])
def test_another_order_is_not_taken_for_this_one(
    tiny: TinyServer, client: Next29Client, answer: Any
) -> None:
    tiny.will(says(answer))
    with pytest.raises(Malformed):
        client.fetch_order("100250")


def test_a_missing_scope_is_named(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(*[DENIED] * 3)
    with pytest.raises(Forbidden, match="lacks the scope orders:read"):
        client.fetch_order("100250")
    with pytest.raises(Forbidden, match="lacks the scope orders:read"):
        client.fetch_tracking_events("100250", "70210")
    with pytest.raises(Forbidden, match="lacks the scope orders:write"):
        client.create_tracking_event(ABOUT, SAID)


def test_an_order_that_is_gone_is_no_missing_scope(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says({"detail": "Not found."}, 404))
    with pytest.raises(Missing):
        client.fetch_order("100250")


def test_every_shipping_method_is_read_once(tiny: TinyServer, client: Next29Client) -> None:
    page = example("shipping_methods_page.json")
    following = f"{tiny.base_url}shipping-methods/?cursor=2"
    more = [page["results"][0], {"id": 3, "name": "No code"}, None]
    tiny.will(says({**page, "next": following}), says({"next": None, "results": more}))
    assert client.fetch_shipping_methods() == [
        ShippingMethodRecord("standard", "Standard Shipping"),
        ShippingMethodRecord("intl-econ", "International Economy"),
    ]


def test_an_event_is_told_as_the_contract_shows_it(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says(EVENT))
    made = client.create_tracking_event(ABOUT, SAID)
    assert (made.ref, made.upstream_status, made.happened_at) == (
        "91",
        "in_transit",
        SAID.happened_at,
    )
    assert tiny.asked[0].json == example("fulfillment_event_create.request.json")
    assert paths(tiny) == ["orders/100250/fulfillments/70210/events/"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {**EVENT, "id": None},
        {**EVENT, "status": "delivered"},
        {**EVENT, "happened_at": "2026-03-03T09:12:00Z"},
    ],
)
def test_an_answer_that_does_not_show_the_event_means_read_back(
    tiny: TinyServer, client: Next29Client, answer: Any
) -> None:
    tiny.will(says(answer))
    with pytest.raises(Uncertain, match="does not confirm it"):
        client.create_tracking_event(ABOUT, SAID)


@pytest.mark.parametrize(
    "status",
    [TrackingStatus.UNKNOWN, TrackingStatus.RETURNED, TrackingStatus.LOST, None],
)
def test_what_the_platform_has_no_word_for_is_not_told(
    tiny: TinyServer, client: Next29Client, status: TrackingStatus | None
) -> None:
    with pytest.raises(Refused, match="no word"):
        client.create_tracking_event(ABOUT, replace(SAID, status=status))
    assert not tiny.asked


@pytest.mark.parametrize("ref", ["", "x", "../1"])
def test_a_shipment_that_cannot_exist_is_not_asked_for(
    tiny: TinyServer, client: Next29Client, ref: str
) -> None:
    with pytest.raises(Missing, match="Not asked"):
        client.fetch_tracking_events("100250", ref)
    assert not tiny.asked


@pytest.mark.parametrize("listing", [[EVENT], EVENT, {"next": None, "results": [EVENT]}])
def test_events_come_as_a_list_a_page_or_one(
    tiny: TinyServer, client: Next29Client, listing: Any
) -> None:
    tiny.will(says(listing))
    [event] = client.fetch_tracking_events("100250", "70210")
    assert (event.city, event.region, event.message) == ("Reno", "NV", "Departed facility")


@pytest.mark.parametrize("odd", [None, {}, {**EVENT, "happened_at": "", "created_at": None}])
def test_an_unreadable_event_is_never_overlooked(
    tiny: TinyServer, client: Next29Client, odd: Any
) -> None:
    tiny.will(says([EVENT, odd]))
    with pytest.raises(Malformed):
        client.fetch_tracking_events("100250", "70210")


def test_a_shipment_says_where_its_parcels_are() -> None:
    [shipment] = example("fulfillments_list.response.json")
    told = read_fulfillment({**shipment, "last_event_date": "2026-03-03T00:12:00-08:00"})
    assert (told.delivery_status, told.tracking_status, told.last_event_at) == (
        "tracking_added",
        TrackingStatus.LABEL_CREATED,
        SAID.happened_at,
    )


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("webhook_fulfillment_created", "100250"),
        ("webhook_order_updated", "100250"),
        ("webhook_app_uninstalled", ""),
    ],
)
def test_an_event_names_the_order_it_is_about(name: str, number: str) -> None:
    body = (NEXT29 / "examples" / f"{name}.body.json").read_bytes()
    assert WEBHOOK.read(Inbound({}, body)).order_ref == number
