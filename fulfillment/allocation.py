"""Holds units for what we have promised, and lets them go when the promise ends.

One rule says what a line holds: its open units as long as its order is promised, else none. So it
can be asked for at any time, and the second time changes nothing. What if two orders want the
same unit? Levels are locked in the order of their ids; the second one reads what is left.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from fulfillment import shortages
from fulfillment.models import FulfillmentOrder, Line, Shipment
from fulfillment.models.orders import FLOOR
from fulfillment.transitions import Action
from inventory import ledger, skus
from inventory.ledger import Cause, Move
from inventory.models import Allocation, Kind, StockLevel
from platforms.records import RequestStatus

# On the floor, and yet nobody wants it: the merchant took it back, or has to ask anew.
NOT_WANTED = (
    RequestStatus.PENDING,
    RequestStatus.REQUESTED,
    RequestStatus.REJECTED,
    RequestStatus.CANCEL_ACCEPTED,
    RequestStatus.CLOSED,
)
# Of thousands of lines, only what a claim is made of is read.
NEEDED = ("fulfillment_order", "sku", "open")
MORE_LEFT = "More left the building than the books had."


@dataclass(slots=True)
class Claim:
    """What one line holds and shall hold, and where; a level of None stands for nowhere."""

    order: FulfillmentOrder
    line: Line
    level_id: int | None = None
    wants: int = 0
    held_at: int | None = None
    held: int = 0

    @property
    def grows_by(self) -> int:
        """How many units more it needs at its level."""
        return self.wants - (self.held if self.held_at == self.level_id else 0)

    def moves(self) -> Iterator[Move]:
        """Return what has to move, so that it holds what it shall."""
        cause = Cause.of(self.order)
        if self.held_at is not None and self.held_at != self.level_id and self.held:
            yield Move(self.held_at, Kind.RELEASED, {"allocated": -self.held}, cause)
        if self.level_id is None or not self.grows_by:
            return
        kind = Kind.ALLOCATED if self.grows_by > 0 else Kind.RELEASED
        yield Move(self.level_id, kind, {"allocated": self.grows_by}, cause)


@dataclass(frozen=True, slots=True)
class Look:
    """The claims of some orders, in their order, and the levels they are about, locked."""

    claims: Sequence[Claim]
    levels: Mapping[int, StockLevel]

    def of(self, order: FulfillmentOrder) -> list[Claim]:
        """Return the claims of one order."""
        return [claim for claim in self.claims if claim.order.pk == order.pk]


def is_promised(order: FulfillmentOrder) -> bool:
    """Tell whether we owe its open units: it is accepted, or the store is being told so."""
    if order.pending_answer == Action.ACCEPT:
        return True
    return order.work_status in FLOOR and order.request_status not in NOT_WANTED


def promise(
    orders: Sequence[FulfillmentOrder], *, by: User | None, forced: bool = False
) -> dict[int, str]:
    """Hold all units of each of these orders that there is enough for.

    Returns by order id why an order cannot be promised; the caller, who has locked the orders,
    accepts the others in the same transaction. `forced` ones are held all the same, and the
    shortage is shown.
    """
    look = _look(orders, {order.pk: True for order in orders})
    left = {pk: level.available for pk, level in look.levels.items()}
    claims = _by_order(look.claims)
    lacking: dict[int, str] = {}
    granted: list[Claim] = []
    for order in orders:
        mine = claims.get(order.pk, [])
        short = shortages.short_of(mine, left)
        if short and not forced:
            lacking[order.pk] = shortages.why_not(order, short)
            continue
        for claim in mine:
            if claim.level_id is not None:
                left[claim.level_id] -= claim.grows_by
        granted += mine
    _write(granted, look, by)
    return lacking


def settle(orders: Iterable[FulfillmentOrder], *, by: User | None = None) -> None:
    """Make each order hold what is promised of it, and nothing else. Harmless when repeated.

    The caller has locked the orders. What is promised is held also where there is not enough;
    the shortage is shown.
    """
    promised = {order.pk: is_promised(order) for order in orders}
    holding = set(
        Allocation.objects.filter(order_id__in=promised).values_list("order_id", flat=True)
    )
    concerned = [order for order in orders if promised[order.pk] or order.pk in holding]
    if concerned:
        look = _look(concerned, promised)
        _write(look.claims, look, by)


def consume(
    order: FulfillmentOrder,
    shipment: Shipment,
    taken: Sequence[tuple[Line, int]],
    *,
    by: User | None,
) -> None:
    """Take units that leave out of the books, and out of what the order holds.

    What has left has left: where the books have fewer, they are corrected first, for all to see.
    """
    look = _look([order], {order.pk: True})
    units_of = {line.pk: units for line, units in taken}
    cause = Cause.of(order)
    on_hand = {pk: level.on_hand for pk, level in look.levels.items()}
    moves: list[Move] = []
    for claim in look.claims:
        units = units_of.get(claim.line.pk, 0)
        if claim.level_id is None or not units:
            continue
        if missing := max(0, units - on_hand[claim.level_id]):
            change = {"on_hand": missing}
            moves.append(Move(claim.level_id, Kind.CORRECTED, change, cause, MORE_LEFT))
        on_hand[claim.level_id] += missing - units
        freed = min(units, claim.held) if claim.held_at == claim.level_id else 0
        change = {"on_hand": -units, "allocated": -freed}
        reason = f"Shipment {shipment.pk}"
        moves.append(Move(claim.level_id, Kind.SHIPPED, change, cause, reason))
        claim.held -= freed
    ledger.post(look.levels, moves, by=by)
    # What is left of each claim is what `settle` makes of it.
    _keep([(claim, claim.held_at, claim.held) for claim in look.claims])
    settle([order], by=by)


def _look(orders: Sequence[FulfillmentOrder], promised: Mapping[int, bool]) -> Look:
    """Find where the products of the orders' lines lie, lock the levels, and read what is held."""
    by_id = {order.pk: order for order in orders}
    lines = Line.objects.filter(fulfillment_order__in=by_id).only(*NEEDED)
    lines = lines.order_by("fulfillment_order_id", "pk")
    claims = {line.pk: Claim(by_id[line.fulfillment_order_id], line) for line in lines}
    _find_levels([c for c in claims.values() if promised[c.order.pk]])
    rows = Allocation.objects.filter(order_id__in=by_id)
    places = {claim.level_id for claim in claims.values() if claim.level_id is not None}
    levels = ledger.lock({*rows.values_list("level_id", flat=True), *places})
    # Read after the levels are locked: whoever was faster has written by now.
    for row in rows.all():
        if claim := claims.get(row.line_id):
            claim.held_at, claim.held = row.level_id, row.held
    return Look(list(claims.values()), levels)


def _find_levels(claims: Sequence[Claim]) -> None:
    """Note what each claim wants, and at which level, where its product is counted."""
    by_merchant: dict[int, set[str]] = {}
    for claim in claims:
        by_merchant.setdefault(claim.order.store.merchant_id, set()).add(claim.line.sku)
    products = {merchant: skus.find(merchant, names) for merchant, names in by_merchant.items()}
    places = {}
    for claim in claims:
        product = products[claim.order.store.merchant_id].get(claim.line.sku)
        if product and product.counted and claim.order.warehouse_id:
            places[claim.line.pk] = (product.pk, claim.order.warehouse_id)
    levels = ledger.levels_at(places.values())
    for claim in claims:
        if place := places.get(claim.line.pk):
            claim.level_id, claim.wants = levels[place], claim.line.open


def _write(claims: Sequence[Claim], look: Look, by: User | None) -> None:
    """Post what moves and keep what is held then; show what was promised and is not there."""
    moves = [move for claim in claims for move in claim.moves()]
    # What one line lets go may be held by another.
    moves.sort(key=lambda move: move.changes["allocated"] > 0)
    if moves:
        ledger.post(look.levels, moves, by=by)
        _keep([(claim, claim.level_id, claim.wants) for claim in claims])
        shortages.show([claim for claim in claims if claim.grows_by > 0], look.levels)


def _keep(claims: Iterable[tuple[Claim, int | None, int]]) -> None:
    """Write what the lines hold now; a line that holds nothing has no row."""
    claims = list(claims)
    Allocation.objects.filter(
        line_id__in=[claim.line.pk for claim, level, held in claims if level is None or not held]
    ).delete()
    Allocation.objects.bulk_create(
        [
            Allocation(
                level_id=level,
                store=claim.order.store,
                line_id=claim.line.pk,
                order_id=claim.order.pk,
                subject=f"order {claim.order}"[:200],
                held=held,
            )
            for claim, level, held in claims
            if level is not None and held
        ],
        update_conflicts=True,
        unique_fields=["line_id"],
        update_fields=["level", "held"],
    )


def _by_order(claims: Iterable[Claim]) -> dict[int, list[Claim]]:
    found: dict[int, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.order.pk, []).append(claim)
    return found
