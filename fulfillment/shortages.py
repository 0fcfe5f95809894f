"""Says what there is not enough of: before a promise as a reason, after it as a problem."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Sum, Window

from fulfillment import problems
from fulfillment.models import FulfillmentOrder, Line, Problem, Source
from fulfillment.triage import OUT_OF_STOCK, WAYS_OUT
from inventory import availability, skus
from inventory.deadlocks import tried_again
from inventory.models import Allocation, Product, StockLevel

ENOUGH = "There is enough of it now."


class Claimed(Protocol):
    """What a shortage is found in: a line, where its units lie, and how many more it needs."""

    order: FulfillmentOrder
    line: Line
    level_id: int | None

    @property
    def grows_by(self) -> int:
        """How many units more it needs at its level."""


@dataclass(frozen=True, slots=True)
class Short:
    """One product that an order needs more of than can be promised."""

    sku: str
    needed: int
    left: int


def short_of(claims: Iterable[Claimed], left: Mapping[int, int]) -> list[Short]:
    """Return what these claims together need more of than is left at their levels."""
    needed: dict[int, int] = {}
    skus: dict[int, str] = {}
    for claim in claims:
        if claim.level_id is not None:
            needed[claim.level_id] = needed.get(claim.level_id, 0) + claim.grows_by
            skus[claim.level_id] = claim.line.sku
    return [
        Short(skus[level], units, left[level])
        for level, units in needed.items()
        if units > max(0, left[level])
    ]


def why_not(order: FulfillmentOrder, short: Sequence[Short]) -> str:
    """Return why an order cannot be promised, in words."""
    parts = [
        f"{each.needed} of “{each.sku}” are asked for, {max(0, each.left)} can be promised"
        for each in short
    ]
    return f"Not enough stock in {order.warehouse}: {'; '.join(parts)}. {WAYS_OUT}"


def foresee(orders: Sequence[FulfillmentOrder]) -> dict[int, str]:
    """Return by order id why it could not be promised now, in words; the others are left out.

    Each order is looked at by itself, and nothing is locked: what counts is `promise`. The lines
    of the orders are best read beforehand, as the screens do.
    """
    by_id = {order.pk: order for order in orders}
    lines = [line for order in orders for line in order.lines.all() if line.open]
    names: dict[int, set[str]] = {}
    for line in lines:
        merchant = by_id[line.fulfillment_order_id].store.merchant_id
        names.setdefault(merchant, set()).add(line.sku)
    products = {merchant: skus.find(merchant, wanted) for merchant, wanted in names.items()}
    places = {order.warehouse_id for order in orders}
    left = {merchant: availability.by_sku(found, places) for merchant, found in products.items()}
    found = {}
    for pk, units in _asked(lines, by_id, products).items():
        order = by_id[pk]
        there = left[order.store.merchant_id].get(order.warehouse_id or 0, {})
        short = [
            Short(sku, number, there[sku])
            for sku, number in units.items()
            if sku in there and number > max(0, there[sku])
        ]
        if short:
            found[pk] = why_not(order, short)
    return found


def _asked(
    lines: Iterable[Line],
    orders: Mapping[int, FulfillmentOrder],
    products: Mapping[int, Mapping[str, Product]],
) -> dict[int, dict[str, int]]:
    """Return by order and SKU how many units are open; a product may go by several of its SKUs."""
    asked: dict[int, dict[str, int]] = {}
    for line in lines:
        product = products[orders[line.fulfillment_order_id].store.merchant_id].get(line.sku)
        sku = product.sku if product else line.sku
        units = asked.setdefault(line.fulfillment_order_id, {})
        units[sku] = units.get(sku, 0) + line.open
    return asked


def show(claims: Iterable[Claimed], levels: Mapping[int, StockLevel]) -> None:
    """Open a problem where more is promised than lies there. The caller has locked the orders."""
    for claim in claims:
        if claim.level_id is not None and _uncovered(levels[claim.level_id]) > 0:
            problems.open_one(
                claim.order,
                Source.STOCK,
                detail_of(claim.line),
                line=claim.line,
                code=OUT_OF_STOCK,
            )


def detail_of(line: Line) -> str:
    """Return the problem of a line that is promised and not there."""
    return f"“{line.sku}” is promised, and not enough of it is there."


def _uncovered(level: StockLevel) -> int:
    """Return how many promised units do not exist; the column says so only after a new read."""
    there = max(0, level.on_hand - level.damaged - level.quarantine)
    return level.allocated - there


@tried_again
@transaction.atomic
def follow() -> None:
    """Open and settle the problems of orders that units were promised to and are missing now.

    Whoever has to leave first gets the units that are there. Must be asked from time to time:
    stock is counted and damaged without a word to the orders. Harmless when repeated.
    """
    lacking = _lacking()
    told = Problem.objects.filter(source=Source.STOCK)
    open_now = dict(told.filter(settled_at=None).values_list("line_id", "fulfillment_order_id"))
    by_hand = set(told.filter(settled_by__isnull=False).values_list("line_id", flat=True))
    over = {line: order for line, order in open_now.items() if line not in lacking}
    new = {
        line: order
        for line, order in lacking.items()
        if line not in open_now and line not in by_hand
    }
    orders = {
        order.pk: order
        for order in FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .filter(pk__in={*over.values(), *new.values()})
        .order_by("pk")
    }
    for line in Line.objects.filter(pk__in=new):
        order = orders[line.fulfillment_order_id]
        problems.open_one(order, Source.STOCK, detail_of(line), line=line, code=OUT_OF_STOCK)
    problems.settle_lines(Source.STOCK, over.keys(), [orders[pk] for pk in over.values()], ENOUGH)


def _lacking() -> dict[int, int]:
    """Return by line the orders whose promised units are not there, where levels are oversold."""
    deadline = FulfillmentOrder.objects.filter(pk=OuterRef("order_id")).values("fulfill_by")
    soonest_first = (F("deadline").asc(nulls_last=True), F("order_id"), F("line_id"))
    promises = (
        Allocation.objects.filter(level__uncovered__gt=0)
        .annotate(deadline=Subquery(deadline))
        .annotate(needed=Window(Sum("held"), partition_by="level", order_by=soonest_first))
        .filter(needed__gt=F("level__allocated") - F("level__uncovered"))
        .order_by("line_id")
    )
    return dict(promises.values_list("line_id", "order_id"))
