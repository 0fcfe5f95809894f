"""The rows the story needs before it begins: people, a warehouse, and products we know.

It needs Django to be set up. Running it again adds nothing.
"""

from dataclasses import dataclass
from datetime import time
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from demo.shop import ACCOUNT
from fulfillment import allocation
from fulfillment.models import Decision, FulfillmentOrder, Line, Problem, Request, WorkStatus
from inventory import receiving
from inventory.models import Inbound, Product, StockRecord
from inventory.receiving import Arrived
from locations.models import Merchant, Store, Warehouse
from platforms.records import RequestStatus
from relay import connecting, outbox
from relay.models import DUE_STATES, STUCK_STATES, Alarm, CallState, OutboundCall

MERCHANT = "Acme Outdoors"
WAREHOUSE = "Reno"
PRODUCTS = {
    "TENT-2P-GRN": "Ridge Tent 2P Green",
    "STAKE-8PK": "Tent Stakes 8 Pack",
    "BAG-20F-L": "Sleeping Bag 20F Long",
}
INBOUND = "DEMO-1"
RECEIVED = 500

GONE = "The sandbox of an earlier run is gone, and this order with it."


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in. Without a group: may do everything."""

    username: str
    password: str
    first_name: str
    group: str = ""


PEOPLE = (
    Person("demo", "demo-operator", "Demo"),
    Person("sue", "demo-supervisor", "Sue", "supervisor"),
    Person("sam", "demo-shipper", "Sam", "shipper"),
    Person("pia", "demo-picker", "Pia", "picker"),
)


@transaction.atomic
def furnish() -> None:
    """Create what is missing."""
    warehouse, _ = Warehouse.objects.get_or_create(
        name=WAREHOUSE,
        defaults={
            "line1": "4500 Logistics Way",
            "line2": "Building C",
            "city": "Reno",
            "region": "NV",
            "postcode": "89506",
            "country": "US",
            "time_zone": "America/Los_Angeles",
            "cutoff": time(16),
        },
    )
    for person in PEOPLE:
        warehouse.staff.add(_user(person))
    merchant, _ = Merchant.objects.get_or_create(name=MERCHANT)
    for sku, title in PRODUCTS.items():
        Product.objects.get_or_create(merchant=merchant, sku=sku, defaults={"title": title})
    _receive_goods(merchant, warehouse)


def _receive_goods(merchant: Merchant, warehouse: Warehouse) -> None:
    """Let the merchant's first pallet come, once."""
    inbound, created = Inbound.objects.get_or_create(
        merchant=merchant,
        reference=INBOUND,
        defaults={"warehouse": warehouse, "note": "The first pallet."},
    )
    if not created:
        return
    for product in Product.objects.filter(merchant=merchant, sku__in=PRODUCTS):
        inbound.lines.create(product=product, expected=RECEIVED)
    came = {line.pk: Arrived(RECEIVED) for line in inbound.lines.all()}
    by = User.objects.get(username="sue")
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


@transaction.atomic
def close_earlier_runs() -> None:
    """End what was left open: the sandbox forgets its orders, so nobody can be told any more.

    The store rests until it is connected to the sandbox of this run, perhaps at another port.
    """
    store = Store.objects.filter(account=ACCOUNT)
    store.update(paused_at=timezone.now(), pause_reason=connecting.NOT_TRIED)
    calls = OutboundCall.objects.filter(store__account=ACCOUNT)
    calls.filter(state=CallState.SENDING).update(state=CallState.IN_DOUBT)
    for call in calls.filter(state__in=(*DUE_STATES, *STUCK_STATES)):
        outbox.give_up(call.pk, GONE)
    now = timezone.now()
    live = FulfillmentOrder.objects.live().filter(store__account=ACCOUNT)
    ids = list(live.values_list("pk", flat=True))
    requests = Request.objects.filter(fulfillment_order__in=ids, closed_at=None)
    requests.update(closed_at=now, decision=Decision.ELSEWHERE)
    Line.objects.filter(fulfillment_order__in=ids).update(
        cancelled=F("cancelled") + F("open"), open=0
    )
    live.update(
        request_status=RequestStatus.CLOSED,
        work_status=WorkStatus.CLOSED,
        pending_answer="",
        open_problems=0,
    )
    over = FulfillmentOrder.objects.filter(pk__in=ids).select_related("order", "store")
    allocation.settle(list(over))
    StockRecord.objects.filter(store__account=ACCOUNT).delete()
    store.update(stock_read_at=None)
    ours = Problem.objects.filter(fulfillment_order__store__account=ACCOUNT, settled_at=None)
    ours.update(settled_at=now, settled_how=GONE)
    Alarm.objects.filter(store__account=ACCOUNT, cleared_at=None).update(cleared_at=now)
