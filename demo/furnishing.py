"""The rows the chapters need before they begin: people, warehouses, and goods we know.

It needs Django to be set up. Running it again adds nothing.
"""

from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.db import transaction

from demo.cast import BUILDINGS, DECIDER, PARTS, PEOPLE, SAVANNAH, Building, Part, Person
from inventory import receiving
from inventory.models import Inbound, Product
from inventory.receiving import Arrived
from locations.models import Merchant, Warehouse

INBOUND = "DEMO-1"
AT_THE_PARTNER = "DEMO-2"
RECEIVED = 500


@transaction.atomic
def furnish() -> None:
    """Create what is missing."""
    people = [_user(person) for person in PEOPLE]
    for building in BUILDINGS:
        _warehouse(building).staff.add(*people)
    for part in PARTS:
        merchant, _ = Merchant.objects.get_or_create(name=part.merchant)
        for sku, title in part.goods.items():
            Product.objects.get_or_create(merchant=merchant, sku=sku, defaults={"title": title})
        _receive_goods(part, merchant)


def _warehouse(building: Building) -> Warehouse:
    warehouse, _ = Warehouse.objects.get_or_create(
        name=building.name,
        defaults={
            **building.address,
            "time_zone": building.time_zone,
            "cutoff": building.cutoff,
        },
    )
    return warehouse


def _receive_goods(part: Part, merchant: Merchant) -> None:
    """Let the merchant's first pallet for this building come, once."""
    inbound, created = Inbound.objects.get_or_create(
        merchant=merchant,
        reference=AT_THE_PARTNER if part.building is SAVANNAH else INBOUND,
        defaults={"warehouse": _warehouse(part.building), "note": "The first pallet."},
    )
    if not created:
        return
    for product in Product.objects.filter(merchant=merchant, sku__in=part.goods):
        inbound.lines.create(product=product, expected=RECEIVED)
    came = {line.pk: Arrived(RECEIVED) for line in inbound.lines.all()}
    by = User.objects.get(username=DECIDER)
    receiving.receive(inbound.pk, came, submission=uuid4(), by=by)


def _user(person: Person) -> User:
    user, created = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "is_staff": True,
            "is_superuser": not person.group,
        },
    )
    if created:
        user.set_password(person.password)
        user.save()
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
    return user
