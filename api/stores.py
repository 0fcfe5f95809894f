"""The store that stands for a merchant who calls the API, and the warehouse that ships for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from inventory import availability, skus
from locations.models import Location, Merchant, Store
from platforms.own_api import OWN_API


@transaction.atomic
def of(merchant: Merchant) -> Store:
    """Return the merchant's store; it is made when it is first needed. Twice makes one."""
    known = Store.objects.filter(platform_key=OWN_API.key, merchant=merchant)
    found = known.order_by("pk").first()
    if found:
        return found
    account = f"merchant-{merchant.pk}"
    store, _ = Store.objects.get_or_create(
        platform_key=OWN_API.key,
        account=account,
        defaults={
            "merchant": merchant,
            "name": _free_name(merchant, account),
            "base_url": OWN_API.base_url(account),
        },
    )
    return store


def _free_name(merchant: Merchant, account: str) -> str:
    name = f"{merchant.name[:180]} (API)"
    return name if not Store.objects.filter(name=name).exists() else f"{name} {account}"[:200]


def location_for(
    store: Store, wanted: int | None, items: Iterable[Mapping[str, Any]]
) -> Location | None:
    """Return where an order is to be shipped from; None where no such warehouse is ours.

    Without a wish it is the first one that has all of it, or else the first one.
    """
    places = list(store.locations.exclude(ref="").select_related("warehouse").order_by("pk"))
    if wanted is not None:
        return next((place for place in places if place.warehouse_id == wanted), None)
    if len(places) < 2:
        return places[0] if places else None
    units: dict[str, int] = {}
    for item in items:
        units[item["sku"]] = units.get(item["sku"], 0) + item["quantity"]
    products = skus.find(store.merchant_id, units)
    left = availability.by_sku(products, {place.warehouse_id for place in places})
    for place in places:
        there = left.get(place.warehouse_id, {})
        if all(there.get(sku, number) >= number for sku, number in units.items()):
            return place
    return places[0]
