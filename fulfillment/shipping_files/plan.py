"""Says what each row of a tracking file would do now, and gathers what is to leave by order.

Rows of an order without quantities are one shipment of all that is open, in as many parcels as
they have tracking codes. Rows with a SKU or a quantity are one shipment for each tracking code.
The rows of an order go together or not at all. Made anew, a plan says of what has left already
that nothing is to be done: that is what makes it harmless to send a file twice.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from fulfillment import usual
from fulfillment.models import FulfillmentOrder, Line, Parcel
from fulfillment.models.orders import FulfillmentOrderQuerySet
from fulfillment.shipments import Leaving, comparable
from fulfillment.shipping_files.carriers import code_of
from fulfillment.shipping_files.columns import Row, Verdict, flaw
from fulfillment.shipping_files.finding import Found, used_elsewhere
from fulfillment.transitions import Action, why_not
from locations.models import Store
from platforms.errors import Refusal
from platforms.records import OTHER_CARRIER, ParcelRecord

NAMESPACE = uuid.UUID("5f0b6c0e-6a4d-4c3c-9a57-1f6f0a3f8d21")
MIXED = (
    "Some rows of this order name a SKU or a quantity and others do not. "
    "Fill these columns in on all of its rows, or on none."
)
NO_CARRIER = "Write the carrier: none is known yet for this store's shipping method."
NO_CARRIER_NAME = "Write the carrier's own name instead of “other”."
CAREFUL = "Careful: another order has this tracking code too."

Units = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a plan is made: the orders they may see, and the one store that is meant, if any.

    What left `since` then was shipped by the very import that asks.
    """

    orders: FulfillmentOrderQuerySet
    store: Store | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """What leaves of one order, and the rows that say so."""

    order: FulfillmentOrder
    rows: Sequence[Row]
    leavings: Sequence[Leaving]


class _AtRow(Refusal):
    """One row keeps its order from leaving; the others of this order wait for it."""

    def __init__(self, row: Row, reason: str) -> None:
        super().__init__(reason)
        self.row = row


def make(rows: Sequence[Row], asked: Asked) -> list[Departure]:
    """Write into each row what it would do, and return what is to leave."""
    for row in rows:
        row.verdict = row.words = ""
    single = _without_doubles(rows)
    found = Found(single, asked.orders, asked.store)
    groups: dict[int, list[Row]] = {}
    for row in single:
        reason = flaw(row)
        try:
            groups.setdefault(found.order_of(row).pk, []).append(row)
        except Refusal as refusal:
            reason = reason or str(refusal)
        if reason:
            row.becomes(Verdict.REFUSED, reason)
    orders = [found.orders[pk] for pk in groups]
    planner = _Planner(orders, asked.since)
    departures = [planner.plan(order, groups[order.pk]) for order in orders]
    leaving = [departure for departure in departures if departure]
    _warn_of_codes_elsewhere(leaving)
    return leaving


def _without_doubles(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without those that repeat another one in every cell."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        cells = (row.order, row.part, row.store, row.carrier, row.tracking, row.link)
        same = first.setdefault((*cells, row.sku, row.quantity), row)
        if same is not row:
            row.becomes(Verdict.NOTHING, f"Row {same.number} says the same; it counts once.")
    return list(first.values())


class _Planner:
    """Plans order by order; what it must know of all of them it has read beforehand."""

    def __init__(self, orders: Sequence[FulfillmentOrder], since: datetime | None) -> None:
        self.since = since
        self.carriers = usual.carriers(orders)
        self.notices = usual.customer_notices(orders)

    def plan(self, order: FulfillmentOrder, rows: Sequence[Row]) -> Departure | None:
        """Judge the rows of one order; return what leaves, if anything does."""
        by_units = [row for row in rows if row.sku or row.quantity]
        parcels = {comparable(parcel.tracking_code): parcel for parcel in order.parcels.all()}
        for code, same in _by_code(rows).items():
            if code in parcels:
                self._left_already(parcels[code], same)
        waiting = [row for row in rows if not row.verdict]
        if not waiting:
            return None
        try:
            self._check(order, rows, mixed=0 < len(by_units) < len(rows))
            leavings = self._leavings(order, waiting, whole=not by_units)
        except _AtRow as refusal:
            _refuse(waiting, str(refusal), refusal.row)
        except Refusal as refusal:
            _refuse(waiting, str(refusal))
        else:
            return Departure(order, waiting, leavings)
        return None

    def _left_already(self, parcel: Parcel, rows: Sequence[Row]) -> None:
        shipment = parcel.shipment
        there = [(entry.line, entry.quantity) for entry in shipment.lines.all()]
        for row in rows:
            same = [each for each in rows if each.sku.casefold() == row.sku.casefold()]
            asked = sum(int(each.quantity or 0) for each in same)
            if max(asked, 1) > sum(units for line, units in there if _is_meant(line, row.sku)):
                words = f"This tracking code left already, with {_goods(there)}."
                row.becomes(Verdict.REFUSED, words)
            elif self.since and shipment.shipped_at >= self.since:
                row.becomes(Verdict.SHIPPED, f"{_goods(there)} by {_carrier_of(parcel)}.")
            else:
                left = timezone.localtime(shipment.shipped_at)
                words = f"It left with this tracking code at {left:%Y-%m-%d %H:%M}."
                row.becomes(Verdict.NOTHING, words)

    def _check(self, order: FulfillmentOrder, rows: Sequence[Row], *, mixed: bool) -> None:
        if reason := why_not(Action.SHIP, order):
            raise Refusal(reason)
        if mixed:
            raise Refusal(MIXED)
        for row in rows:
            if row.verdict == Verdict.REFUSED:
                raise _AtRow(row, row.words)

    def _leavings(
        self, order: FulfillmentOrder, rows: Sequence[Row], *, whole: bool
    ) -> list[Leaving]:
        by_code = _by_code(rows)
        parcels = {code: self._parcel(order, same) for code, same in by_code.items()}
        if whole:
            return [self._whole(order, rows, parcels)]
        free = {line.pk: line.open for line in order.lines.all()}
        return [
            self._part(order, same, code, parcels[code], free) for code, same in by_code.items()
        ]

    def _whole(
        self, order: FulfillmentOrder, rows: Sequence[Row], parcels: Mapping[str, ParcelRecord]
    ) -> Leaving:
        """All that is open leaves, in all these parcels."""
        platform = order.store.platform
        if len(parcels) > 1 and not platform.capabilities.several_parcels:
            raise Refusal(f"{platform.label} takes one parcel a shipment. Write quantities.")
        left = [(line, line.open) for line in order.lines.all() if line.open]
        if not left:
            raise Refusal("Nothing of it is left to ship.")
        for row in rows:
            parcel = parcels[comparable(row.tracking)]
            more = f", in {len(parcels)} parcels" if len(parcels) > 1 else ""
            row.becomes(Verdict.SHIP, f"{_goods(left)}{more}. {_sentence(order, row, parcel)}")
        quantities = {line.pk: units for line, units in left}
        return self._leaving(order, quantities, parcels, what="all")

    def _part(
        self,
        order: FulfillmentOrder,
        rows: Sequence[Row],
        code: str,
        parcel: ParcelRecord,
        free: dict[int, int],
    ) -> Leaving:
        """The units that these rows name leave in one parcel; they are taken out of `free`."""
        quantities: dict[int, int] = {}
        for row in rows:
            taken = _take(order, row, free)
            for line, units in taken:
                quantities[line.pk] = quantities.get(line.pk, 0) + units
            row.becomes(Verdict.SHIP, f"{_goods(taken)}. {_sentence(order, row, parcel)}")
        return self._leaving(order, quantities, {code: parcel}, what=sorted(quantities.items()))

    def _leaving(
        self,
        order: FulfillmentOrder,
        quantities: Units,
        parcels: Mapping[str, ParcelRecord],
        *,
        what: object,
    ) -> Leaving:
        told = order.store.platform.capabilities.customer_notice
        fact = json.dumps([order.pk, sorted(parcels), what])
        return Leaving(
            quantities=quantities,
            parcels=list(parcels.values()),
            notify=told and self.notices.get(order.pk, True),
            # The same fact is the same shipment, whoever sends it and how often.
            submission=uuid.uuid5(NAMESPACE, fact),
        )

    def _parcel(self, order: FulfillmentOrder, rows: Sequence[Row]) -> ParcelRecord:
        """Return the parcel that these rows are about; they must not contradict each other."""
        first = rows[0]
        for row in rows[1:]:
            if (row.carrier, row.link) != (first.carrier, first.link):
                what = f"Row {first.number} gives this tracking code another carrier or link."
                raise _AtRow(row, what)
        carrier, name = self._carrier(order, first)
        return ParcelRecord(carrier, first.tracking, first.link, name)

    def _carrier(self, order: FulfillmentOrder, row: Row) -> tuple[str, str]:
        """Return the platform's code and the name; the usual carrier where none is written."""
        carriers = order.store.carriers
        if not row.carrier:
            usual_one = self.carriers.get(usual.route(order))
            if usual_one is None:
                raise _AtRow(row, NO_CARRIER)
            # One that was chosen for the shipping method has no name of its own.
            return usual_one.code, usual_one.name or carriers.get(usual_one.code, "")
        code = code_of(row.carrier, carriers)
        if code == OTHER_CARRIER:
            raise _AtRow(row, NO_CARRIER_NAME)
        return (code, carriers[code]) if code else (OTHER_CARRIER, row.carrier)


def _by_code(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Gather rows by tracking code, as codes are compared; those that are refused are left out."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if not row.verdict:
            groups.setdefault(comparable(row.tracking), []).append(row)
    return groups


def _take(order: FulfillmentOrder, row: Row, free: dict[int, int]) -> list[tuple[Line, int]]:
    """Take the units that a row names out of what is `free` of the order."""
    lines = [line for line in order.lines.all() if _is_meant(line, row.sku)]
    if not lines:
        raise _AtRow(row, f"There is no “{row.sku}” in this order.")
    if not row.sku and len({line.sku for line in lines}) > 1:
        raise _AtRow(row, "Write the SKU beside the quantity: this order has several.")
    left = sum(free[line.pk] for line in lines)
    wanted = int(row.quantity or left)
    if wanted > left or not left:
        raise _AtRow(row, f"{left} of “{lines[0].sku}” are left to ship, not {wanted or 'more'}.")
    taken = []
    for line in lines:
        units = min(wanted, free[line.pk])
        if units:
            taken.append((line, units))
            free[line.pk] -= units
            wanted -= units
    return taken


def _is_meant(line: Line, sku: str) -> bool:
    return not sku or line.sku.strip().casefold() == sku.casefold()


def _refuse(rows: Iterable[Row], reason: str, culprit: Row | None = None) -> None:
    """Refuse the rows of an order, for the reason that one of them gives if it is only one."""
    for row in rows:
        if culprit is None or row is culprit:
            row.becomes(Verdict.REFUSED, reason)
        else:
            words = f"Row {culprit.number} of the same order must be repaired first."
            row.becomes(Verdict.REFUSED, words)


def _goods(units: Iterable[tuple[Line, int]]) -> str:
    return ", ".join(f"{count} × {line.sku or line.title}" for line, count in units)


def _carrier_of(parcel: ParcelRecord | Parcel) -> str:
    return parcel.carrier_name or parcel.carrier


def _sentence(order: FulfillmentOrder, row: Row, parcel: ParcelRecord) -> str:
    """Say by whom it goes, and how we know."""
    name = _carrier_of(parcel)
    if not row.carrier:
        return f"By {name}, as usual with this shipping method."
    if parcel.carrier == OTHER_CARRIER:
        return f"{order.store.platform.label} does not list “{name}”: sent as another carrier."
    return f"By {name}."


def _warn_of_codes_elsewhere(departures: Sequence[Departure]) -> None:
    """Remark where a code is on another order too: a mistake, or two orders in one box."""
    about: dict[str, set[int]] = {}
    for departure in departures:
        for row in departure.rows:
            about.setdefault(comparable(row.tracking), set()).add(departure.order.order_id)
    for code, orders in used_elsewhere(about).items():
        about[code] |= orders
    for departure in departures:
        for row in departure.rows:
            if len(about[comparable(row.tracking)]) > 1:
                row.words = f"{row.words} {CAREFUL}"
