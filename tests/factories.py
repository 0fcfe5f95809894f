"""Rows that are valid and nothing more; a test says what matters to it."""

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import transaction
from factory.django import DjangoModelFactory

from inventory import ledger
from inventory.ledger import Cause, Move
from inventory.models import Allocation, Kind, Product, StockLevel, StockRecord
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


def stock(
    product: Product, warehouse: Warehouse, on_hand: int, *, reason: str = "It lies there."
) -> StockLevel:
    """So many units of a product in a warehouse, by way of the books."""
    with transaction.atomic():
        level_id = ledger.level_at(product, warehouse)
        levels = ledger.lock([level_id])
        move = Move(
            level_id, Kind.ADJUSTED, {"on_hand": on_hand - levels[level_id].on_hand}, reason=reason
        )
        ledger.post(levels, [move], by=None)
    return StockLevel.objects.select_related("product", "warehouse").get(pk=level_id)


def promised(
    level: StockLevel, store: Store, units: int, *, order_id: int = 1, line_id: int = 1
) -> Allocation:
    """Units of a level that an order holds, as the floor above writes it."""
    with transaction.atomic():
        levels = ledger.lock([level.pk])
        cause = Cause(f"order {order_id}", "fulfillment.fulfillmentorder", order_id)
        ledger.post(levels, [Move(level.pk, Kind.ALLOCATED, {"allocated": units}, cause)], by=None)
        return Allocation.objects.create(
            level=level,
            store=store,
            line_id=line_id,
            order_id=order_id,
            subject=f"order {order_id}",
            held=units,
        )


class StockRecordFactory(DjangoModelFactory[StockRecord]):
    class Meta:
        model = StockRecord

    location = factory.SubFactory(LocationFactory)
    store = factory.SelfAttribute("location.store")
    ref = factory.Sequence(lambda n: str(9000 + n))
    sku = factory.Sequence(lambda n: f"SKU-{n}")
    level = 5
