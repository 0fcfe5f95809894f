"""Takes in what a shopper's order says itself: the e-mail address, and whether it is a test.

Only for stores that say so, for it costs a request per order. What if it runs twice? It writes
the same again.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from fulfillment import policies, status
from fulfillment.models import FulfillmentOrder, Order
from locations.models import Store
from platforms.records import OrderRecord

# About a minute of a store's requests; the rest follows after the next look at its lists.
AT_ONCE = 200


def unread(store: Store) -> Sequence[Order]:
    """Return the orders that wait for a decision and were never read; none if none are to be."""
    if not store.reads_orders:
        return []
    waiting = store.fulfillment_orders.to_decide().filter(order__read_at=None)
    return list(Order.objects.filter(pk__in=waiting.values("order")).order_by("pk")[:AT_ONCE])


@transaction.atomic
def take_in(store: Store, order: Order, record: OrderRecord) -> None:
    """Keep what the order says, check its requests again, and apply the store's rules."""
    Order.objects.filter(pk=order.pk).update(
        email=record.email[:254],
        is_test=record.is_test,
        tags=[*record.tags],
        metadata=record.metadata,
        read_at=timezone.now(),
        read_remark="",
    )
    parts = list(
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .filter(order=order)
        .order_by("pk")
    )
    if record.is_test and not order.is_test:
        _make_stale(parts)
    policies.examine(store, parts)
    status.refresh(parts)
    policies.apply(store, parts)


def note_unreadable(order: Order, why: str) -> None:
    """Keep why an order could not be read. It is not asked for again, unless by a person."""
    Order.objects.filter(pk=order.pk).update(read_at=timezone.now(), read_remark=why)


def _make_stale(parts: Sequence[FulfillmentOrder]) -> None:
    """Let nobody decide from a page that did not say yet that this is a test."""
    for part in parts:
        part.revision += 1
    FulfillmentOrder.objects.bulk_update(parts, ["revision"])
