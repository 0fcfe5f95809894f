"""Merchants who call our API, and as many orders as wanted that were placed through it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from api import stores
from api.models import Consignee, Login, MerchantOrder, StatusEvent
from benchmarks import books, filling
from benchmarks.filling import FIRST, HAS_LEFT
from benchmarks.furnishing import SKUS
from benchmarks.orders import LOCATION
from fulfillment.models import ShippingMethod, StatusCode
from inventory.models import Product
from locations.models import Location, LocationState, Merchant, Store, Warehouse

PLENTY = 100_000_000
METHOD = "Ground"
RECIPIENT = {
    "firstName": "Dana",
    "lastName": "Whitfield",
    "address1": "1209 Alder Ct",
    "addressLocality": "Boise",
    "addressRegion": "ID",
    "postalCode": "83702",
    "country": "US",
    "phone": "+12085550119",
    "email": "dana@example.com",
}
ITEMS = [{"sku": SKUS[0], "quantity": 1, "declaredValue": "189.00"}]
# What most orders have been through, and how long after they were recorded.
ON_THE_FLOOR = (("010901", "1 hour"), ("020801", "5 hours"))
GONE = ("030201", "8 hours")
RECORDED = "(SELECT recorded_at FROM fulfillment_fulfillmentorder WHERE id = n)"


@dataclass(frozen=True, slots=True)
class Program:
    """A merchant's program, or one that serves several merchants, with its token."""

    merchants: Sequence[Merchant]
    token: str


def merchants(count: int, places: Sequence[Warehouse]) -> list[Store]:
    """Create so many merchants with goods in a warehouse; return the stores that stand for them."""
    return [_store(number, places[number % len(places)]) for number in range(count)]


def _store(number: int, place: Warehouse) -> Store:
    merchant = Merchant.objects.create(name=f"Merchant {number}")
    store = stores.of(merchant)
    Location.objects.create(
        store=store, warehouse=place, ref=LOCATION, name=place.name, state=LocationState.REGISTERED
    )
    ShippingMethod.objects.create(store=store, code=METHOD, name=METHOD, carrier="ups")
    Product.objects.bulk_create(Product(merchant=merchant, sku=sku) for sku in SKUS)
    books.receive(store, SKUS, PLENTY)
    return store


def program(name: str, merchants: Sequence[Merchant]) -> Program:
    """Let a program call for these merchants."""
    user = User.objects.create_user(name)
    Login.objects.bulk_create(
        Login(user=user, merchant=merchant, creates_orders=True) for merchant in merchants
    )
    client = get_application_model().objects.create(
        name=name, client_type="confidential", authorization_grant_type="password"
    )
    token = uuid.uuid4().hex
    get_access_token_model().objects.create(
        user=user,
        application=client,
        token=token,
        expires=timezone.now() + timedelta(days=1),
        scope="oms",
    )
    return Program(merchants, token)


def fill(of_merchants: Sequence[Store], count: int) -> None:
    """Write so many orders, in turns of all merchants, each as it was placed and what it became."""
    filling.fill(of_merchants, count)
    merchant, *_ = owners = [store.merchant for store in of_merchants]
    consignee = Consignee.objects.create(merchant=merchant, sent=RECIPIENT)
    placed = MerchantOrder.objects.create(
        merchant=merchant, merchant_order_id="TEMPLATE", consignee=consignee, items=ITEMS
    )
    event = StatusEvent.objects.create(order=placed, status=StatusCode.objects.get(code="010102"))
    whole = f"generate_series({FIRST}::bigint, {FIRST + count - 1}) AS n"
    owner = filling.one_of(owners)
    filling.multiply(consignee, whole, {"id": "n", "merchant_id": owner})
    filling.multiply(
        placed,
        whole,
        {
            "id": "n",
            "merchant_id": owner,
            "merchant_order_id": "'NW-' || n",
            "fulfillment_order_id": "n",
            "recorded_at": RECORDED,
            "consignee_id": "n",
        },
    )
    _write_histories(event, whole)
    event.delete()
    placed.delete()
    consignee.delete()
    filling.tidy(Consignee, MerchantOrder)


def _write_histories(first: StatusEvent, whole: str) -> None:
    filling.multiply(first, whole, {"order_id": "n", "at": RECORDED})
    for code, later in ON_THE_FLOOR:
        _write_status(first, whole, code, f"{RECORDED} + interval '{later}'")
    code, later = GONE
    left = f"{whole} WHERE {HAS_LEFT}"
    _write_status(first, left, code, f"{RECORDED} + interval '{later}'")


def _write_status(first: StatusEvent, numbers: str, code: str, at: str) -> None:
    status = StatusCode.objects.filter(code=code).earliest("variant")
    varied = {"order_id": "n", "status_id": str(status.pk), "at": at}
    filling.multiply(first, numbers, varied)
