"""Reports what may still be sold, to a hub that asks: what changed, or one SKU."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from fulfillment.serving.reporting import watermark
from inventory import skus
from inventory.models import StockLevel
from locations.models import Location, Store
from platforms.desk import Answered, Asked, Outcome, Said, StockRow
from relay import showing
from relay.enquiries import About, Showing
from relay.showing import Fact


@transaction.atomic
def stock(store: Store, asked: Asked) -> Answered:
    """Return the levels that changed after the watermark, or those of one SKU."""
    return _one(store, asked.sku) if asked.sku else _changed(store, asked)


def _one(store: Store, sku: str) -> Answered:
    """A look at one SKU moves no watermark. It is answered by the name that was asked for."""
    product = skus.find(store.merchant_id, [sku]).get(sku)
    levels = _levels(store).filter(product=product) if product else StockLevel.objects.none()
    shown = _shown(store, levels, {})
    found = [StockRow(sku, row.location, row.quantity, row.total, row.changed_at) for row in shown]
    if not found:
        return Answered(Outcome.NOOP)
    text = f"{found[0].total} of {sku} available."
    return Answered(
        Outcome.DONE, said=(Said(Outcome.DONE, "Stock level", text),), stock=tuple(found)
    )


def _changed(store: Store, asked: Asked) -> Answered:
    now = timezone.now()
    enquiry = showing.lock(store, About.STOCK)
    showing.note(store, About.STOCK, _news(store))
    showing.mark_new(enquiry, now)
    after = showing.begin(asked.since, now)
    part = showing.part(enquiry, after, asked.page or 1, asked.page_size, now)
    marks = {row.subject_id: row for row in part.rows}
    found = _shown(store, _levels(store).filter(pk__in=marks), marks)
    return Answered(
        Outcome.DONE if found else Outcome.NOOP,
        said=_said(len(found)),
        stock=tuple(found),
        watermark=watermark(asked, part, after),
        more=bool(asked.page) and part.more,
    )


def _news(store: Store) -> list[Fact]:
    """Return the levels whose figure is not the one that was shown last."""
    last = Showing.objects.filter(store=store, about=About.STOCK, subject_id=OuterRef("pk"))
    levels = _levels(store).annotate(last=Subquery(last.values("figure")[:1]))
    new = levels.filter(Q(last=None) | ~Q(last=F("available")))
    rows = new.values_list("pk", "available", "moved_at")
    return [Fact(pk, available, moved_at or timezone.now()) for pk, available, moved_at in rows]


def _levels(store: Store) -> QuerySet[StockLevel]:
    """The levels of the merchant's products in the warehouses that the store knows."""
    places = Location.objects.filter(store=store).exclude(ref="").values("warehouse")
    levels = StockLevel.objects.filter(product__merchant=store.merchant_id, warehouse__in=places)
    return levels.select_related("product")


def _shown(store: Store, levels: Iterable[StockLevel], marks: dict[int, Showing]) -> list[StockRow]:
    """Return rows in the order of their marks; a location goes by the shop's name for it."""
    names = dict(Location.objects.filter(store=store).values_list("warehouse", "ref"))
    levels = sorted(levels, key=lambda level: (_place(marks.get(level.pk)), level.pk))
    totals = _totals(store, {level.product_id for level in levels})
    return [
        StockRow(
            level.product.sku,
            names[level.warehouse_id],
            level.available,
            totals[level.product_id],
            marks[level.pk].mark if level.pk in marks else level.moved_at,
        )
        for level in levels
    ]


def _place(row: Showing | None) -> float:
    return row.mark.timestamp() if row and row.mark else 0.0


def _totals(store: Store, product_ids: Iterable[int]) -> dict[int, int]:
    """Return by product what may be sold at all of the store's locations together."""
    rows = _levels(store).filter(product__in=product_ids).order_by().values_list("product")
    return dict(rows.annotate(total=Sum("available")))


def _said(number: int) -> tuple[Said, ...]:
    if not number:
        return ()
    what = "1 stock level" if number == 1 else f"{number} stock levels"
    return (Said(Outcome.DONE, "Stock levels reported", f"{what} changed."),)
