"""Lets the stock of a warehouse follow what the partner who runs it says.

A parcel that has left there and is not recorded here yet makes both differ for a while, and so
does an order that is on its way. So a difference counts when it has stayed the same from one
reading to the next. What the partner does not list is left as it is: an empty list is no news.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Sum

from fulfillment.models import Line, PartnerAccount
from fulfillment.models.partners import CLAIMED
from inventory import ledger, skus
from inventory.deadlocks import tried_again
from inventory.ledger import Cause, Move
from inventory.models import Kind, Product, StockLevel
from platforms.partner_records import PartnerStock


@tried_again
@transaction.atomic
def follow(account: PartnerAccount, seen: Iterable[PartnerStock]) -> None:
    """Bring on hand to what the partner counts, by movements that name the account."""
    row = PartnerAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    figures = {each.sku: each for each in seen}
    products = skus.find(row.merchant_id, figures)
    places = ledger.levels_at((each.pk, row.warehouse_id) for each in products.values())
    levels = ledger.lock(places.values())
    waiting = _promised_there(row)
    differences: dict[str, int] = {}
    moves = []
    for sku, product in products.items():
        level = levels[places[product.pk, row.warehouse_id]]
        counted = _counted(figures[sku], waiting.get(sku, 0))
        difference = 0 if counted is None else counted - level.on_hand
        if not difference:
            continue
        differences[sku] = difference
        if row.stock_seen.get(sku) == difference:
            moves.append(_move(row, product, level, difference))
    ledger.post(levels, moves, by=None)
    row.stock_seen = differences
    row.save(update_fields=["stock_seen"])


def _counted(seen: PartnerStock, waiting: int) -> int | None:
    """What lies there: what the partner says, else what it could promise and what it did."""
    if seen.on_hand is not None:
        return max(0, seen.on_hand)
    return None if seen.available is None else max(0, seen.available + waiting)


def _promised_there(account: PartnerAccount) -> dict[str, int]:
    """Return by SKU the units of orders that the partner has and that have not left."""
    lines = Line.objects.filter(
        fulfillment_order__partner_jobs__account=account,
        fulfillment_order__partner_jobs__state__in=CLAIMED,
        open__gt=0,
    )
    rows = lines.order_by().values("sku").annotate(units=Sum("open"))
    return dict(rows.values_list("sku", "units"))


def _move(account: PartnerAccount, product: Product, level: StockLevel, difference: int) -> Move:
    reason = f"The partner counts {level.on_hand + difference} of {product.sku}."
    return Move(level.pk, Kind.ADJUSTED, {"on_hand": difference}, Cause.of(account), reason)
