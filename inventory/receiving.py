"""Takes goods in: what a merchant announced, in one or several receipts, and what comes back.

What if a form is sent twice? It carries a submission; the second time is the same receipt.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory import ledger
from inventory.deadlocks import tried_again
from inventory.ledger import Cause, Move
from inventory.models import (
    Inbound,
    InboundLine,
    InboundState,
    Kind,
    Product,
    Receipt,
    StockMovement,
)
from locations.models import Warehouse
from platforms.errors import Refusal

# Where goods that come back may go. For sale: no figure beside on hand.
CONDITIONS = {"": "for sale", "damaged": "damaged", "quarantine": "in quarantine"}


@dataclass(frozen=True, slots=True)
class Arrived:
    """So many units of one line that came, and how many of these are damaged."""

    units: int
    damaged: int = 0


@tried_again
@transaction.atomic
def receive(
    inbound_id: int,
    arrived: Mapping[int, Arrived],
    *,
    submission: uuid.UUID,
    by: User | None,
    note: str = "",
    unexpected: Mapping[int, Arrived] | None = None,
) -> Receipt:
    """Book what came of an inbound, by line id. Raises Refusal with the reason in words.

    More than was expected is taken in as well: it is there; so is, by product id, what nobody
    announced. Damaged units are on hand, and not for sale.
    """
    inbound = _locked(inbound_id)
    if known := Receipt.objects.filter(submission=submission).first():
        return known
    if reason := why_not_receive(inbound):
        raise Refusal(reason)
    lines = _lines(inbound, {**arrived, **_unexpected(inbound, unexpected or {})})
    receipt = Receipt.objects.create(inbound=inbound, submission=submission, note=note, by=by)
    for line, came in lines:
        line.received += came.units
        line.damaged += came.damaged
    InboundLine.objects.bulk_update([line for line, _ in lines], ["received", "damaged"])
    _book(inbound, lines, by, note)
    inbound.state = _state_of(inbound)
    inbound.closed_at = timezone.now() if inbound.state == InboundState.CLOSED else None
    inbound.save(update_fields=["state", "closed_at"])
    return receipt


def why_not_receive(inbound: Inbound) -> str:
    """Return why nothing more can be received, in words; empty when it can."""
    if inbound.state == InboundState.CLOSED:
        return "It is closed. Open it again first, if more of it has come."
    return ""


def _unexpected(inbound: Inbound, came: Mapping[int, Arrived]) -> dict[int, Arrived]:
    """Return by line id what came unannounced; each of it gets a line that expects none."""
    came = {product: each for product, each in came.items() if each.units}
    mine = Product.objects.filter(merchant=inbound.merchant_id, pk__in=came).count()
    if mine < len(came):
        raise Refusal(f"Some of the products are not {inbound.merchant}’s.")
    InboundLine.objects.bulk_create(
        [InboundLine(inbound=inbound, product_id=pk, expected=0) for pk in sorted(came)],
        ignore_conflicts=True,
    )
    lines = inbound.lines.filter(product__in=came).values_list("pk", "product_id")
    return {pk: came[product] for pk, product in lines}


def _lines(inbound: Inbound, arrived: Mapping[int, Arrived]) -> list[tuple[InboundLine, Arrived]]:
    lines = {line.pk: line for line in inbound.lines.select_related("product")}
    if arrived.keys() - lines.keys():
        raise Refusal("Some of the lines are not of this inbound.")
    came = [(lines[pk], each) for pk, each in sorted(arrived.items()) if each.units]
    if not came:
        raise Refusal("Say how many units came; at least one.")
    for line, each in came:
        if each.units < 0 or not 0 <= each.damaged <= each.units:
            raise Refusal(f"Of {each.units} units of {line.product}, {each.damaged} are damaged?")
    return came


def _book(
    inbound: Inbound, lines: Sequence[tuple[InboundLine, Arrived]], by: User | None, note: str
) -> None:
    places = ledger.levels_at((line.product_id, inbound.warehouse_id) for line, _ in lines)
    levels = ledger.lock(places.values())
    cause = Cause.of(inbound)
    moves = [
        Move(
            places[line.product_id, inbound.warehouse_id],
            Kind.RECEIVED,
            {"on_hand": each.units, "damaged": each.damaged},
            cause,
            note,
        )
        for line, each in lines
    ]
    ledger.post(levels, moves, by=by)


def _state_of(inbound: Inbound) -> InboundState:
    """An inbound closes by itself when all of it has come."""
    complete = all(line.received >= line.expected for line in inbound.lines.all())
    return InboundState.CLOSED if complete else InboundState.PARTLY


@transaction.atomic
def close(inbound_id: int, *, by: User | None) -> Inbound:
    """End an inbound of which nothing more is expected. Raises Refusal if it is closed."""
    inbound = _locked(inbound_id)
    if inbound.state == InboundState.CLOSED:
        raise Refusal("It is closed already.")
    inbound.state, inbound.closed_at = InboundState.CLOSED, timezone.now()
    inbound.save(update_fields=["state", "closed_at"])
    return inbound


@transaction.atomic
def reopen(inbound_id: int, *, by: User | None) -> Inbound:
    """Expect more of a closed inbound. Raises Refusal if it is open."""
    inbound = _locked(inbound_id)
    if inbound.state != InboundState.CLOSED:
        raise Refusal("It is open.")
    came = inbound.lines.filter(received__gt=0).exists()
    inbound.state = InboundState.PARTLY if came else InboundState.EXPECTED
    inbound.closed_at = None
    inbound.save(update_fields=["state", "closed_at"])
    return inbound


@dataclass(frozen=True, slots=True)
class Returned:
    """So many units of a product that came back, and in which condition."""

    product: Product
    units: int
    condition: str = ""


@tried_again
@transaction.atomic
def take_back(
    warehouse: Warehouse,
    came: Sequence[Returned],
    *,
    cause: Cause | None = None,
    reason: str = "",
    by: User | None,
) -> list[StockMovement]:
    """Book units that came back: for sale, damaged, or in quarantine until somebody has looked."""
    for each in came:
        if each.units <= 0:
            raise Refusal("Say how many units came back; at least one.")
        if each.condition not in CONDITIONS:
            raise Refusal(f"“{each.condition}” is no condition that goods can be in.")
    places = ledger.levels_at((each.product.pk, warehouse.pk) for each in came)
    moves = [
        Move(
            places[each.product.pk, warehouse.pk],
            Kind.RETURNED,
            {"on_hand": each.units, **({each.condition: each.units} if each.condition else {})},
            cause or Cause(),
            reason,
        )
        for each in came
    ]
    return ledger.post(ledger.lock(places.values()), moves, by=by)


def _locked(inbound_id: int) -> Inbound:
    rows = Inbound.objects.select_for_update(of=("self",)).select_related("merchant")
    return rows.get(pk=inbound_id)
