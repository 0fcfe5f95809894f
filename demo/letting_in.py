"""Lets the program of a merchant in, as docs/how-to/serve-the-api.md tells a manager to.

It needs Django to be set up. Running it again changes nothing.
"""

from django.contrib.auth.models import User
from django.db import transaction
from oauth2_provider.models import get_application_model

from api import stores
from api.models import Login
from demo.cast import NORTHWIND, NORTHWIND_AT_THE_PARTNER
from fulfillment.models import ShippingMethod
from locations.models import Merchant, Warehouse
from relay import mapping

# Known to everybody, as all logins of the demo.
LOGIN = {"username": "northwind", "password": "demo-northwind-login"}
# How the program wants its orders to be shipped, and what we make of that.
METHOD, CARRIER = "Ground", "ups"
CLIENT = {"client_id": "northwind-shop", "client_secret": "demo-northwind-client"}


@transaction.atomic
def let_in() -> dict[str, int]:
    """Return our number of each warehouse that ships for the merchant, by its name."""
    merchant = Merchant.objects.get(name=NORTHWIND.merchant)
    Login.objects.update_or_create(
        user=_user(), merchant=merchant, defaults={"creates_orders": True, "reads_inventory": True}
    )
    _open_client()
    store = stores.of(merchant)
    ShippingMethod.objects.update_or_create(store=store, code=METHOD, defaults={"carrier": CARRIER})
    numbers = {}
    for part in (NORTHWIND, NORTHWIND_AT_THE_PARTNER):
        warehouse = Warehouse.objects.get(name=part.building.name)
        mapping.assign(store, warehouse, str(warehouse.pk))
        numbers[warehouse.name] = warehouse.pk
    return numbers


def _user() -> User:
    user, created = User.objects.get_or_create(username=LOGIN["username"])
    if created:
        user.set_password(LOGIN["password"])
        user.save()
    return user


def _open_client() -> None:
    model = get_application_model()
    model.objects.get_or_create(
        client_id=CLIENT["client_id"],
        defaults={
            "name": "Northwind shop",
            "client_secret": CLIENT["client_secret"],
            "client_type": model.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": model.GRANT_PASSWORD,
        },
    )
