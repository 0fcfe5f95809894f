"""Rows that are valid and nothing more; a test says what matters to it."""

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from factory.django import DjangoModelFactory

from inventory.models import Product
from locations.models import Location, LocationState, Merchant, Store, Warehouse


class MerchantFactory(DjangoModelFactory[Merchant]):
    class Meta:
        model = Merchant

    name = factory.Sequence(lambda n: f"Merchant {n}")


class StoreFactory(DjangoModelFactory[Store]):
    class Meta:
        model = Store

    merchant = factory.SubFactory(MerchantFactory)
    name = factory.Sequence(lambda n: f"Store {n}")
    platform_key = "next29"
    account = factory.Sequence(lambda n: f"shop-{n}")
    base_url = factory.LazyAttribute(lambda o: f"https://{o.account}.29next.store/api/admin/")


class WarehouseFactory(DjangoModelFactory[Warehouse]):
    class Meta:
        model = Warehouse

    name = factory.Sequence(lambda n: f"Warehouse {n}")
    line1 = "4500 Logistics Way"
    city = "Reno"
    region = "NV"
    postcode = "89506"
    country = "US"


class LocationFactory(DjangoModelFactory[Location]):
    class Meta:
        model = Location

    store = factory.SubFactory(StoreFactory)
    warehouse = factory.SubFactory(WarehouseFactory)
    ref = factory.Sequence(lambda n: str(30 + n))
    name = "Reno"
    state = LocationState.REGISTERED


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    merchant = factory.SubFactory(MerchantFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n}")


class UserFactory(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    is_staff = True


def member(group: str, *warehouses: Warehouse, **attributes: object) -> User:
    """A user of one of the groups that the migration creates, working in these warehouses."""
    user: User = UserFactory(**attributes)
    user.groups.add(Group.objects.get(name=group))
    user.warehouses.set(warehouses)
    return user
