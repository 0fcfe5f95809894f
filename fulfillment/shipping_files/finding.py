"""Finds the orders that the rows of a tracking file name, in few statements."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models.functions import Upper

from fulfillment.models import FulfillmentOrder, Parcel
from fulfillment.models.orders import FulfillmentOrderQuerySet
from fulfillment.shipments import comparable
from fulfillment.shipping_files.columns import Row
from fulfillment.transitions import Action, why_not
from locations.models import Store
from platforms.errors import Refusal

AT_ONCE = 1000


class Found:
    """The orders that rows name, among those that a person may see; others are not known."""

    def __init__(
        self, rows: Sequence[Row], orders: FulfillmentOrderQuerySet, store: Store | None
    ) -> None:
        mine = orders.filter(store=store) if store else orders
        self.orders: dict[int, FulfillmentOrder] = {}
        self.by_number: dict[str, list[FulfillmentOrder]] = {}
        self.by_part: dict[str, list[FulfillmentOrder]] = {}
        with_numbers = mine.annotate(number=Upper("order__number"))
        for numbers in _in_parts({way for row in rows for way in _ways_to_write(row.order)}):
            for order in _with_what_is_needed(with_numbers.filter(number__in=numbers)):
                known = self.orders.setdefault(order.pk, order)
                self.by_number.setdefault(str(known.order).upper(), []).append(known)
        for parts in _in_parts({row.part for row in rows if row.part}):
            for order in _with_what_is_needed(mine.filter(ref__in=parts)):
                known = self.orders.setdefault(order.pk, order)
                self.by_part.setdefault(known.ref, []).append(known)

    def order_of(self, row: Row) -> FulfillmentOrder:
        """Return the one order that a row means. Raises Refusal in words."""
        fitting = [order for order in self._named(row) if _is_store(order.store, row.store)]
        if len(fitting) < 2:
            return self._only(fitting, row)
        # Sent a second time, a file means the order that has this code by now.
        code = comparable(row.tracking)
        has_code = [
            order
            for order in fitting
            if any(comparable(parcel.tracking_code) == code for parcel in order.parcels.all())
        ]
        if len(has_code) == 1:
            return has_code[0]
        stores = sorted({order.store.name for order in fitting})
        if len(stores) > 1:
            names = ", ".join(stores)
            raise Refusal(f"Several stores have an order {row.named}: {names}. Name the store.")
        possible = [order for order in fitting if not why_not(Action.SHIP, order)]
        if len(possible) == 1:
            return possible[0]
        refs = ", ".join(order.ref for order in fitting)
        raise Refusal(
            f"Order {row.named} has several parts here: {refs}. "
            "Write the one that is meant into a column “Fulfillment order”."
        )

    def _named(self, row: Row) -> list[FulfillmentOrder]:
        ways = _ways_to_write(row.order)
        if row.part:
            parts = self.by_part.get(row.part, [])
            return [order for order in parts if not ways or str(order.order).upper() in ways]
        return next((self.by_number[way] for way in ways if way in self.by_number), [])

    def _only(self, fitting: Sequence[FulfillmentOrder], row: Row) -> FulfillmentOrder:
        for order in fitting:
            return order
        what = f"fulfillment order {row.part}" if row.part else f"order {row.order}"
        also = f" of order {row.order}" if row.part and row.order else ""
        where = f" at “{row.store}”" if row.store else ""
        raise Refusal(f"No {what}{also}{where} is known here, or it is not yours to work on.")


def used_elsewhere(codes: Iterable[str]) -> dict[str, set[int]]:
    """Return the ids of the orders, whoever sees them, whose parcels have these codes."""
    found: dict[str, set[int]] = {}
    for some in _in_parts(set(codes)):
        parcels = Parcel.objects.annotate(code=Upper("tracking_code")).filter(code__in=some)
        for code, order_id in parcels.values_list("code", "fulfillment_order__order_id"):
            found.setdefault(comparable(code), set()).add(order_id)
    return found


def _with_what_is_needed(orders: FulfillmentOrderQuerySet) -> FulfillmentOrderQuerySet:
    return (
        orders.select_related("store", "order")
        .with_partner_jobs()
        .prefetch_related("lines", "parcels__shipment__lines__line")
        .order_by("pk")
    )


def _ways_to_write(number: str) -> list[str]:
    """People write “#1001” for 1001, and the other way round. The way it is written goes first."""
    bare = number.upper().lstrip("#")
    return list(dict.fromkeys([number.upper(), bare, f"#{bare}"])) if bare else []


def _is_store(store: Store, words: str) -> bool:
    return not words or words.casefold() in (store.name.casefold(), store.account.casefold())


def _in_parts(values: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
