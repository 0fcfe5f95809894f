"""What can be done with an inbound: receive goods of it, close it, open it again."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F

from backoffice.actions import Act, ConfirmedAction, Result
from inventory import receiving
from inventory.admin.arrival_forms import ReceiveForm, to_come
from inventory.models import Inbound, InboundLine, InboundState
from platforms.errors import Refusal

NAMED_AT_MOST = 5


def one_by_one(act: Act, model: Any, do: Callable[[int], object]) -> Result:
    """Do it to each row; one that our rules refuse does not stop the others."""
    result = Result()
    for row in model.objects.filter(pk__in=act.seen):
        try:
            do(row.pk)
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(row), str(refusal)))
    return result


def _receive(act: Act) -> Result:
    return one_by_one(
        act,
        Inbound,
        lambda pk: receiving.receive(
            pk,
            act.cleaned["arrived"],
            unexpected=act.cleaned["unexpected"],
            submission=act.cleaned["submission"],
            note=act.cleaned["note"],
            by=act.user,
        ),
    )


def _load_missing(inbounds: Sequence[Any]) -> None:
    lines = InboundLine.objects.filter(inbound__in=inbounds, received__lt=F("expected"))
    missing: dict[int, list[InboundLine]] = {}
    for line in lines.select_related("product"):
        missing.setdefault(line.inbound_id, []).append(line)
    for inbound in inbounds:
        inbound.missing = missing.get(inbound.pk, [])


def _what_is_missing(inbound: Any) -> str:
    if not inbound.missing:
        return "Nothing is missing."
    named = [f"{to_come(line)} of {line.product}" for line in inbound.missing[:NAMED_AT_MOST]]
    more = len(inbound.missing) - NAMED_AT_MOST
    tail = f" and {more} more products" if more > 0 else ""
    return f"Nothing more of it is expected. Missing: {', '.join(named)}{tail}."


ACTIONS = (
    ConfirmedAction(
        name="receive_goods",
        label="Receive",
        permission="inventory.receive_stock",
        done="Received",
        why_not=receiving.why_not_receive,
        effect=lambda inbound: f"What came is on hand in {inbound.warehouse}, and can be promised.",
        perform=_receive,
        form=ReceiveForm,
        icon="move_to_inbox",
        template="inventory/receive.html",
        at_most=1,
    ),
    ConfirmedAction(
        name="close_inbound",
        label="Close",
        permission="inventory.receive_stock",
        done="Closed",
        load=_load_missing,
        why_not=lambda inbound: (
            "It is closed already." if inbound.state == InboundState.CLOSED else ""
        ),
        effect=_what_is_missing,
        perform=lambda act: one_by_one(act, Inbound, lambda pk: receiving.close(pk, by=act.user)),
        icon="inventory",
    ),
    ConfirmedAction(
        name="reopen_inbound",
        label="Open again",
        permission="inventory.receive_stock",
        done="Open again",
        why_not=lambda inbound: "" if inbound.state == InboundState.CLOSED else "It is open.",
        effect=lambda inbound: "More of it can be received.",
        perform=lambda act: one_by_one(act, Inbound, lambda pk: receiving.reopen(pk, by=act.user)),
        icon="undo",
    ),
)
