"""Books what comes back of an order, into the stock of its warehouse.

What if the form is sent twice? It carries a submission; the second time is the same return. Two
people at once? The order row is locked, and the second one reads how much has come back by then.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum

from fulfillment import status, timeline
from fulfillment.models import FulfillmentOrder, Line, Return, ReturnLine
from inventory import receiving, skus
from inventory.deadlocks import tried_again
from inventory.ledger import Cause
from inventory.models import Product
from inventory.receiving import Returned
from platforms.errors import Refusal

NO_WAREHOUSE = "The order has no warehouse of ours: it is noted here, and not booked in the stock."
NO_PRODUCT = "It is no product of ours: it is noted here, and not booked in the stock."
NOT_COUNTED = "Its stock is not counted: it is noted here, and not booked in the stock."


@dataclass(frozen=True, slots=True)
class Back:
    """So many units of one line that came back, and in which condition."""

    units: int
    condition: str = ""


def why_not(order: FulfillmentOrder) -> str:
    """Return why nothing can come back, in words; empty when something can."""
    if any(line.shipped for line in order.lines.all()):
        return ""
    return "Nothing of it has left, so nothing can come back."


@tried_again
@transaction.atomic
def book(
    order_id: int,
    came: Mapping[int, Back],
    *,
    submission: uuid.UUID,
    by: User | None,
    note: str = "",
    more_than_shipped: bool = False,
) -> Return:
    """Book units that came back, by line id. Raises Refusal with the reason in words.

    More than has left is refused, unless the person says that it came all the same.
    """
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order", "warehouse")
        .get(pk=order_id)
    )
    if known := Return.objects.filter(submission=submission).first():
        return known
    if reason := why_not(order):
        raise Refusal(reason)
    lines = _lines(order, came, more_than_shipped)
    products = products_of(order, [line for line, _ in lines])
    whole = Return.objects.create(fulfillment_order=order, submission=submission, note=note, by=by)
    kept = [
        ReturnLine(
            whole=whole,
            line=line,
            quantity=back.units,
            condition=back.condition,
            booked=not why_not_booked(order, products.get(line.pk)),
        )
        for line, back in lines
    ]
    ReturnLine.objects.bulk_create(kept)
    _take_back(order, kept, products, note or str(whole), by)
    timeline.note(order, f"Came back: {'; '.join(map(str, kept))}. {note}".rstrip(), by=by)
    status.refresh([order])
    return whole


def products_of(order: FulfillmentOrder, lines: Iterable[Line]) -> dict[int, Product]:
    """Return by line id the products that the lines name."""
    lines = list(lines)
    found = skus.find(order.store.merchant_id, {line.sku for line in lines})
    return {line.pk: found[line.sku] for line in lines if line.sku in found}


def why_not_booked(order: FulfillmentOrder, product: Product | None) -> str:
    """Return why units that come back do not enter the stock, in words; empty when they do.

    A return does not begin to count a product: one tent that came back is not all the tents.
    """
    if order.warehouse_id is None:
        return NO_WAREHOUSE
    if product is None:
        return NO_PRODUCT
    return "" if product.counted else NOT_COUNTED


def still_out(lines: Iterable[Line]) -> dict[int, int]:
    """Return by line id how many units have left and not come back."""
    lines = list(lines)
    rows = ReturnLine.objects.filter(line__in=lines).order_by().values("line")
    back = dict(rows.annotate(total=Sum("quantity")).values_list("line", "total"))
    return {line.pk: max(0, line.shipped - back.get(line.pk, 0)) for line in lines}


def _lines(
    order: FulfillmentOrder, came: Mapping[int, Back], more_than_shipped: bool
) -> list[tuple[Line, Back]]:
    lines = {line.pk: line for line in order.lines.all()}
    if came.keys() - lines.keys():
        raise Refusal("Some of the lines are not of this order.")
    back = [(lines[pk], each) for pk, each in sorted(came.items()) if each.units]
    if not back:
        raise Refusal("Say how many units came back; at least one.")
    out = still_out(line for line, _ in back)
    for line, each in back:
        if each.units < 0 or each.condition not in receiving.CONDITIONS:
            raise Refusal(f"{each.units} of {line.sku}, “{each.condition}”: is that right?")
        if each.units > out[line.pk] and not more_than_shipped:
            raise Refusal(too_many(line, out[line.pk], each.units))
    return back


def too_many(line: Line, out: int, units: int) -> str:
    """Say that more comes back than is out."""
    before = line.shipped - out
    came = f", {before} of them came back before" if before else ""
    return f"{line.shipped} of {line.sku} left{came}: {units} cannot come back."


def _take_back(
    order: FulfillmentOrder,
    kept: Sequence[ReturnLine],
    products: Mapping[int, Product],
    reason: str,
    by: User | None,
) -> None:
    came = [
        Returned(products[row.line_id], row.quantity, row.condition) for row in kept if row.booked
    ]
    if came and order.warehouse:
        receiving.take_back(order.warehouse, came, cause=Cause.of(order), reason=reason, by=by)
