"""Follows what happens to stock and products: checks waiting orders again, and old promises.

Nobody tells us: goods come, counts are posted, products are made. So it is asked every minute.
What if it runs twice? What was found is settled, and not found again.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from fulfillment import allocation, catalogue, shortages
from fulfillment.models import FulfillmentOrder, Problem, Source
from fulfillment.models.orders import FLOOR
from fulfillment.transitions import Action
from fulfillment.triage import OUT_OF_STOCK, UNKNOWN_SKU
from inventory import availability, skus
from inventory.deadlocks import tried_again
from inventory.models import Product

AT_ONCE = 500


def follow() -> None:
    """Do all that has become possible or necessary since the last time."""
    for product in Product.objects.filter(recount_promises=True).prefetch_related("aliases"):
        count_promises(product)
    shortages.follow()
    if ready := {*_made_known(), *_in_stock_again()}:
        catalogue.check_again(sorted(ready))


@tried_again
@transaction.atomic
def count_promises(product: Product) -> None:
    """Hold units for what was promised before the product was counted, or had this SKU."""
    if not Product.objects.filter(pk=product.pk, recount_promises=True).update(
        recount_promises=False
    ):
        return
    names = [product.sku, *(alias.sku for alias in product.aliases.all())]
    orders = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store", "warehouse")
        .filter(
            Q(work_status__in=FLOOR) | Q(pending_answer=Action.ACCEPT),
            pk__in=FulfillmentOrder.objects.filter(
                store__merchant=product.merchant_id, lines__sku__in=names, lines__open__gt=0
            ).values("pk"),
        )
        .order_by("pk")
    )
    allocation.settle(list(orders))


def _found_on_arrival(code: str) -> QuerySet[Problem]:
    waiting = FulfillmentOrder.objects.to_decide().order_by()
    return Problem.objects.filter(
        source=Source.TRIAGE,
        status_code__code=code,
        settled_at=None,
        fulfillment_order__in=waiting,
        line__open__gt=0,
    )


def _made_known() -> Iterable[int]:
    """Return the waiting orders with a SKU that has become known."""
    known = skus.is_known("fulfillment_order__store__merchant", "line__sku")
    found = _found_on_arrival(UNKNOWN_SKU).filter(known)
    return found.values_list("fulfillment_order_id", flat=True)[:AT_ONCE]


def _in_stock_again() -> Iterable[int]:
    """Return the waiting orders with a line that there is enough for by now."""
    problems = _found_on_arrival(OUT_OF_STOCK).select_related("line", "fulfillment_order__store")
    by_merchant: dict[int, list[Problem]] = {}
    for problem in problems.order_by("pk")[:AT_ONCE]:
        merchant = problem.fulfillment_order.store.merchant_id
        by_merchant.setdefault(merchant, []).append(problem)
    for merchant, found in by_merchant.items():
        products = skus.find(merchant, {p.line.sku for p in found if p.line})
        places = {problem.fulfillment_order.warehouse_id for problem in found}
        available = availability.by_sku(products, places)
        for problem in found:
            left = available.get(problem.fulfillment_order.warehouse_id or 0, {})
            if problem.line and left.get(problem.line.sku, 0) >= problem.line.open:
                yield problem.fulfillment_order_id
