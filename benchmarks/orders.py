"""Orders as a store's list shows them, and taking them in as a pull does."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from benchmarks.furnishing import SKUS
from fulfillment import intake
from fulfillment.models import FulfillmentOrder
from locations.models import Store
from platforms.next29.wire import read_fulfillment_order
from platforms.records import FulfillmentOrderRecord

LOCATION = "31"
SkusOf = Callable[[int], Sequence[str]]


def usual_skus(_: int) -> Sequence[str]:
    """Return the SKUs that every order asks for, if nothing else is said."""
    return SKUS


def records(
    numbers: Sequence[int], *, skus_of: SkusOf = usual_skus, **changes: Any
) -> list[FulfillmentOrderRecord]:
    """Return requested orders with these numbers, as 29 Next writes them and we read them.

    `changes` are parts of the address.
    """
    return [
        read_fulfillment_order(_as_json(number, skus_of(number), changes)) for number in numbers
    ]


def _as_json(number: int, skus: Sequence[str], changes: dict[str, str]) -> dict[str, Any]:
    return {
        "id": number,
        "order_number": str(100_000 + number),
        "status": "open",
        "request_status": "requested",
        "assigned_location": {"id": int(LOCATION), "name": "Reno"},
        "shipping_address": {
            "first_name": "Dana",
            "last_name": "Whitfield",
            "line1": "1209 Alder Ct",
            "line4": "Boise",
            "state": "ID",
            "postcode": "83702",
            "country": "US",
            "phone_number": "+12085550119",
            **changes,
        },
        "shipping_method": {"code": "standard", "name": "Standard Shipping"},
        "line_items": [_line(number, place, sku) for place, sku in enumerate(skus)],
        "merchant_requests": [
            {"type": "fulfill_request", "message": "Please ship today", "notify": True}
        ],
        "fulfillment_holds": [],
        "supported_actions": ["create_fulfillment", "hold_fulfillment", "move", "split"],
        "created_at": "2026-03-02T14:05:11.204518-08:00",
        "updated_at": "2026-03-02T16:10:09.550001-08:00",
    }


def _line(number: int, place: int, sku: str) -> dict[str, Any]:
    return {
        "id": number * 10 + place,
        "fulfillment_order_id": number,
        "order_line_id": number * 10 + place,
        "product_id": "411",
        "product_title": "Ridge Tent 2P Green",
        "product_image": "https://cdn.example.com/tent-2p-grn.jpg",
        "sku": sku,
        "quantity": 1 + place,
        "fulfillable_quantity": 1 + place,
        "currency": "USD",
        "price_incl_tax": "189.00",
    }


def take_in(
    store: Store, numbers: Sequence[int], page: int = 200, *, skus_of: SkusOf = usual_skus
) -> list[FulfillmentOrder]:
    """Take new orders in, page by page, and return the rows."""
    taken = []
    for part in _pages(numbers, page):
        taken += intake.take_in(store, records(part, skus_of=skus_of), timezone.now())
    return taken


def _pages(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
