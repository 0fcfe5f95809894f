"""The rows that measurements need before they begin: stores, warehouses, people."""

from collections.abc import Sequence

from django.contrib.auth.models import Group, User

from inventory.models import Product
from locations.models import Location, LocationState, Merchant, Store, Warehouse

SKUS = ("TENT-2P-GRN", "STAKE-8PK")
PASSWORD = "measured-by-clock"  # noqa: S105 - of a user who lives as long as the measurement
WEBHOOK_SECRET = "whsec-of-the-measurement"  # noqa: S105


def warehouses(count: int) -> list[Warehouse]:
    """Create so many warehouses."""
    return [
        Warehouse.objects.create(
            name=f"Warehouse {number}", line1="4500 Logistics Way", city="Reno", country="US"
        )
        for number in range(1, count + 1)
    ]


def stores(
    count: int, *, places: Sequence[Warehouse], base_url: str = "https://{}.29next.store/api/admin/"
) -> list[Store]:
    """Create so many stores of as many merchants, each served by one of the places."""
    return [_store(number, places[number % len(places)], base_url) for number in range(count)]


def _store(number: int, place: Warehouse, base_url: str) -> Store:
    account = f"shop-{number}"
    store = Store(
        merchant=Merchant.objects.create(name=f"Merchant {number}"),
        name=f"Store {number}",
        platform_key="next29",
        account=account,
        base_url=base_url.format(account),
    )
    store.set_credentials(access_token=token_of(account), webhook_secret=WEBHOOK_SECRET)
    store.save()
    Location.objects.create(
        store=store, warehouse=place, ref="31", name=place.name, state=LocationState.REGISTERED
    )
    Product.objects.bulk_create(Product(merchant=store.merchant, sku=sku) for sku in SKUS)
    return store


def token_of(account: str) -> str:
    """Return the token of a store at the sandbox."""
    return f"token-of-{account}"


def person(name: str, group: str, *places: Warehouse) -> User:
    """Create a member of staff; without a group: somebody who may do everything."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, is_superuser=not group)
    user.groups.set(Group.objects.filter(name=group))
    user.warehouses.set(places)
    return user
