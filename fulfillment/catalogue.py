"""Makes known what orders ask for and nobody has told us of, and checks again.

SKUs become products, and a merchant's way to ship goes by a carrier.

What if it runs twice? A product that is there already is left as it is. Two people at once? The
orders are locked in the order of their ids, as everywhere; the second one finds nothing to add.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from fulfillment import policies, status, timeline
from fulfillment.decisions import CHANGED, Outcome, Seen
from fulfillment.models import FulfillmentOrder, Line, ShippingMethod
from inventory import skus as skus_of
from inventory import unknown_skus
from inventory.deadlocks import tried_again
from inventory.models import Product
from locations.models import Store
from platforms.records import RequestStatus

NOT_WAITING = "It does not wait for a decision."
NOTHING_UNKNOWN = "It asks for no SKU that we do not know."
Unknown = Mapping[int, Sequence[Line]]


def unknown_lines(order_ids: Iterable[int]) -> Unknown:
    """Return by order those lines whose SKU the order's merchant has no product for."""
    known = skus_of.is_known("fulfillment_order__store__merchant", "sku")
    lines = (
        Line.objects.filter(~known, fulfillment_order__in=list(order_ids))
        .exclude(sku="")
        .order_by("id")
    )
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line.fulfillment_order_id, []).append(line)
    return found


def not_waiting(order: FulfillmentOrder) -> str:
    """Return why there is nothing to check, in words; empty while the order can be decided on."""
    waits = order.request_status == RequestStatus.REQUESTED and not order.pending_answer
    return "" if waits else NOT_WAITING


def why_not(order: FulfillmentOrder, unknown: Sequence[Line]) -> str:
    """Return why nothing of the order can become a product, in words; empty when it can."""
    return not_waiting(order) or ("" if unknown else NOTHING_UNKNOWN)


@tried_again
@transaction.atomic
def add_products(seen: Seen, *, by: User) -> Outcome:
    """Add the unknown SKUs of these orders as products of their merchants.

    Every order that waits for a decision and asks for one of them is checked again, and the
    store's rules are applied to it: what had a problem may now be accepted by rule.
    """
    orders = _lock(Q(pk__in=seen) | Q(pk__in=_waiting_for_the_same(seen)))
    unknown = unknown_lines(seen)
    outcome = Outcome()
    for order in orders:
        if order.pk not in seen:
            continue
        reason = why_not(order, unknown.get(order.pk, ())) or _stale(order, seen)
        if reason:
            outcome.refused.append((order, reason))
        else:
            outcome.done.append(order)
    if outcome.done:
        _add(outcome.done, unknown, by)
        _check([order for order in orders if not not_waiting(order)])
    return outcome


@tried_again
@transaction.atomic
def check_again(order_ids: Iterable[int]) -> Outcome:
    """Look for problems again, and apply the store's rules: products or locations may be new."""
    outcome = Outcome()
    for order in _lock(Q(pk__in=list(order_ids))):
        if reason := not_waiting(order):
            outcome.refused.append((order, reason))
        else:
            outcome.done.append(order)
    _check(outcome.done)
    return outcome


@tried_again
@transaction.atomic
def choose_carrier(method: ShippingMethod, carrier: str, *, by: User) -> None:
    """Let a shipping method go by a carrier, or by none. What waits with it is checked again."""
    ShippingMethod.objects.filter(pk=method.pk).update(carrier=carrier)
    if not method.store.platform.capabilities.maps_methods:
        return
    waiting = _lock(Q(pk__in=_waiting_with(method)))
    name = method.store.carriers.get(carrier, carrier) or "no carrier"
    timeline.write(
        timeline.event(order, f"Shipping method “{method}” goes by {name}.", by=by)
        for order in waiting
    )
    _check(waiting)


def _waiting_with(method: ShippingMethod) -> list[int]:
    waiting = FulfillmentOrder.objects.to_decide().filter(store=method.store)
    return list(waiting.filter(shipping_code=method.code).values_list("pk", flat=True))


def _stale(order: FulfillmentOrder, seen: Seen) -> str:
    return CHANGED if seen[order.pk] not in (None, order.revision) else ""


def _lock(which: Q) -> list[FulfillmentOrder]:
    return list(
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .filter(which)
        .order_by("pk")
    )


def _waiting_for_the_same(order_ids: Iterable[int]) -> list[int]:
    """Return the orders that wait for a decision and ask for the SKUs that are unknown here."""
    lines = [line for rows in unknown_lines(order_ids).values() for line in rows]
    stores = Store.objects.filter(fulfillment_orders__lines__in=lines)
    same = FulfillmentOrder.objects.to_decide().filter(
        store__merchant__in=stores.values("merchant"),
        lines__sku__in={line.sku for line in lines},
    )
    return list(same.values_list("pk", flat=True).distinct())


def _add(orders: Sequence[FulfillmentOrder], unknown: Unknown, by: User) -> None:
    Product.objects.bulk_create(
        (
            Product(merchant_id=order.store.merchant_id, sku=line.sku, title=line.title)
            for order in orders
            for line in unknown[order.pk]
        ),
        ignore_conflicts=True,
    )
    for merchant in {order.store.merchant for order in orders}:
        unknown_skus.learn(merchant)
    timeline.write(
        timeline.event(order, f"Added to the products: {skus(unknown[order.pk])}.", by=by)
        for order in orders
    )


def skus(lines: Sequence[Line]) -> str:
    """Return the SKUs of lines, each once."""
    return ", ".join(dict.fromkeys(line.sku for line in lines))


def _check(orders: Sequence[FulfillmentOrder]) -> None:
    """Examine orders that are locked, and apply the rules of their stores."""
    by_store: dict[Store, list[FulfillmentOrder]] = {}
    for order in orders:
        by_store.setdefault(order.store, []).append(order)
    for store, waiting in by_store.items():
        policies.examine(store, waiting)
        status.refresh(waiting)
        policies.apply(store, waiting)
