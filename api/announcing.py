"""Takes returns that merchants announce, and finds out which of them have come.

What if it comes twice? The number is the merchant's: the second one changes the first, until it
was processed. Two at once? One makes the row, the other one waits for it and changes it.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from api import errors
from api.models import Consignee, ExpectedItem, ExpectedReturn, MerchantOrder
from api.scope import Scope
from fulfillment.models import Return
from inventory import skus
from inventory.models import Product
from locations.models import Merchant


@transaction.atomic
def announce(scope: Scope, request: Mapping[str, Any]) -> tuple[ExpectedReturn, bool]:
    """Keep what is expected back; return it, and whether it is new. Raises 404 for what is unknown.

    One that was processed is returned as it is: its `processed_at` is set.
    """
    order = _order(scope, request.get("merchantOrderId", ""))
    merchant = order.merchant if order else scope.merchant(None)
    products = _products(merchant, request)
    number, user, now = request["rmaNumber"], scope.user, timezone.now()
    recipient = Consignee.objects.create(
        merchant=merchant, sent=request["recipient"], updated_by=user
    )
    made, is_new = ExpectedReturn.objects.get_or_create(
        merchant=merchant,
        rma_number=number,
        defaults={
            "order": order,
            "consignee": recipient,
            "created_by": user,
            "updated_by": user,
        },
    )
    made = ExpectedReturn.objects.select_for_update(of=("self",)).get(pk=made.pk)
    _match([made])
    if made.processed_at:
        recipient.delete()
        return made, False
    if not is_new:
        made.order, made.consignee, made.updated_at, made.updated_by = order, recipient, now, user
        made.save()
        made.items.all().delete()
    ExpectedItem.objects.bulk_create(
        ExpectedItem(
            whole=made,
            product=products[item["sku"]],
            sku=item["sku"],
            quantity=item["quantityExpected"],
        )
        for item in request["items"]
    )
    return made, is_new


def _order(scope: Scope, number: str) -> MerchantOrder | None:
    if not number:
        return None
    found = scope.orders().filter(merchant_order_id=number).select_related("merchant").first()
    if found is None:
        raise errors.missing(f"Order not found: {number}")
    return found


def _products(merchant: Merchant, request: Mapping[str, Any]) -> dict[str, Product]:
    wanted = [item["sku"] for item in request["items"]]
    found = skus.find(merchant.pk, wanted)
    for sku in wanted:
        if sku not in found:
            raise errors.missing(f"Item not found: {sku}")
    return found


@transaction.atomic
def match(scope: Scope) -> None:
    """Find out which of the announced returns have come since. Harmless when repeated."""
    waiting = scope.expected_returns().filter(processed_at=None, order__isnull=False)
    waiting = waiting.filter(
        order__fulfillment_order__returns__at__gte=F("created_at"),
        order__fulfillment_order__returns__announced_as=None,
    )
    ids = sorted(set(waiting.values_list("pk", flat=True)))
    if ids:
        rows = ExpectedReturn.objects.select_for_update(of=("self",)).select_related("order")
        _match(list(rows.filter(pk__in=ids).order_by("pk")))


def _match(waiting: list[ExpectedReturn]) -> None:
    """Take the first return of the order that was booked since, and was not announced otherwise."""
    for each in waiting:
        if each.processed_at or each.order is None:
            continue
        came = Return.objects.filter(
            fulfillment_order=each.order.fulfillment_order_id,
            at__gte=each.created_at,
            announced_as=None,
        )
        if found := came.order_by("pk").first():
            each.came_with, each.processed_at = found, found.at
            each.processed_by, each.updated_at = found.by, found.at
            each.updated_by = found.by
            each.save()
