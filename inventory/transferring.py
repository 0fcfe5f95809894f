"""Moves goods between our warehouses in two steps: they are sent, and they arrive.

In between they are in no warehouse's stock, and can be promised to nobody. What if a step is
taken twice? The transfer is locked, and says how far it is.
"""

import uuid
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory import ledger
from inventory.deadlocks import tried_again
from inventory.ledger import Cause, Move
from inventory.models import Kind, Product, StockMovement, Transfer, TransferLine, TransferState
from locations.models import Warehouse, ids_worked_by, works_everywhere
from platforms.errors import Refusal


@transaction.atomic
def write(transfer: Transfer, units: Mapping[Product, int], *, by: User | None) -> Transfer:
    """Save a transfer that is new or was edited, with its lines. Raises Refusal once it was sent.

    A new one is written once for each submission, however often that is sent.
    """
    if not units:
        raise Refusal("Say which products go, and how many of each.")
    if any(product.merchant_id != transfer.merchant_id for product in units):
        raise Refusal("Some of the products belong to another merchant.")
    if transfer.pk:
        _locked(transfer.pk, TransferState.DRAFT)
        transfer.save(update_fields=["merchant", "source", "target", "note"])
        transfer.lines.all().delete()
    else:
        transfer.made_by = by
        kept = ("merchant", "source", "target", "note", "made_by")
        transfer, is_new = Transfer.objects.get_or_create(
            submission=transfer.submission or uuid.uuid4(),
            defaults={name: getattr(transfer, name) for name in kept},
        )
        if not is_new:
            return transfer
    TransferLine.objects.bulk_create(
        TransferLine(transfer=transfer, product=product, quantity=count)
        for product, count in units.items()
    )
    return transfer


def why_not_there(warehouse: Warehouse, by: User | None) -> str:
    """Return why this person cannot act in a warehouse; empty when they work there."""
    if by is None or works_everywhere(by) or warehouse.pk in ids_worked_by(by):
        return ""
    return f"Only who works in {warehouse} does that."


@tried_again
@transaction.atomic
def send(transfer_id: int, *, by: User | None) -> list[StockMovement]:
    """Take the goods out of the first warehouse. Raises Refusal where units are promised there."""
    transfer = _locked(transfer_id, TransferState.DRAFT)
    _check_place(transfer.source, by)
    lines = list(transfer.lines.select_related("product"))
    if not lines:
        raise Refusal("Say which products go, and how many of each.")
    places = ledger.levels_at((line.product_id, transfer.source_id) for line in lines)
    levels = ledger.lock(places.values())
    for line in lines:
        level = levels[places[line.product_id, transfer.source_id]]
        free = level.on_hand - level.allocated - level.damaged - level.quarantine
        if line.quantity > free:
            raise Refusal(
                f"Only {max(0, free)} of {line.product} can leave {transfer.source}: the others "
                "are promised, or set aside."
            )
    cause = Cause.of(transfer)
    moves = [
        Move(
            places[line.product_id, transfer.source_id],
            Kind.TRANSFERRED_OUT,
            {"on_hand": -line.quantity},
            cause,
            transfer.note,
        )
        for line in lines
    ]
    written = ledger.post(levels, moves, by=by)
    transfer.state, transfer.sent_at = TransferState.SENT, timezone.now()
    transfer.save(update_fields=["state", "sent_at"])
    return written


@tried_again
@transaction.atomic
def receive(
    transfer_id: int, arrived: Mapping[int, int], *, by: User | None
) -> list[StockMovement]:
    """Take the goods into the second warehouse, by line id; what did not arrive stays missing.

    Raises Refusal where more arrives than was sent, or where it has arrived already.
    """
    transfer = _locked(transfer_id, TransferState.SENT)
    _check_place(transfer.target, by)
    lines = {line.pk: line for line in transfer.lines.select_related("product")}
    if arrived.keys() - lines.keys():
        raise Refusal("Some of the lines are not of this transfer.")
    for pk, line in lines.items():
        units = arrived.get(pk, 0)
        if not 0 <= units <= line.quantity:
            raise Refusal(f"{line.quantity} of {line.product} were sent; {units} cannot arrive.")
        line.received = units
    TransferLine.objects.bulk_update(lines.values(), ["received"])
    places = ledger.levels_at((line.product_id, transfer.target_id) for line in lines.values())
    cause = Cause.of(transfer)
    moves = [
        Move(
            places[line.product_id, transfer.target_id],
            Kind.TRANSFERRED_IN,
            {"on_hand": line.received},
            cause,
            transfer.note,
        )
        for line in lines.values()
    ]
    written = ledger.post(ledger.lock(places.values()), moves, by=by)
    transfer.state, transfer.received_at = TransferState.RECEIVED, timezone.now()
    transfer.save(update_fields=["state", "received_at"])
    return written


@transaction.atomic
def cancel(transfer_id: int, *, by: User | None) -> Transfer:
    """Give up a transfer that was not sent. Raises Refusal once it was."""
    transfer = _locked(transfer_id, TransferState.DRAFT)
    _check_place(transfer.source, by)
    transfer.state = TransferState.CANCELLED
    transfer.save(update_fields=["state"])
    return transfer


def _check_place(warehouse: Warehouse, by: User | None) -> None:
    if reason := why_not_there(warehouse, by):
        raise Refusal(reason)


def _locked(transfer_id: int, expected: TransferState) -> Transfer:
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("source", "target")
    transfer = rows.get(pk=transfer_id)
    if transfer.state != expected:
        raise Refusal(f"The transfer stands at “{transfer.get_state_display()}”.")
    return transfer
