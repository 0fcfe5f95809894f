"""What can be done with a transfer: send it, take it in, give it up."""

from typing import Any

from backoffice.actions import Act, ConfirmedAction, Result
from inventory import transferring
from inventory.admin.arrival_forms import ArrivalForm
from inventory.admin.inbound_actions import one_by_one
from inventory.models import Transfer, TransferState

PERMISSION = "inventory.transfer_stock"


def _why_not(state: TransferState, end: str) -> Any:
    """Return the guard of a step: the transfer stands there, and the user works at that end."""

    def why_not(transfer: Any) -> str:
        if transfer.state != state:
            return f"It stands at “{transfer.get_state_display()}”."
        # The screen's rows know at which ends the user works.
        if not getattr(transfer, f"{end}_is_mine"):
            return f"Only who works in {getattr(transfer, end)} does that."
        return ""

    return why_not


def _receive(act: Act) -> Result:
    return one_by_one(
        act,
        Transfer,
        lambda pk: transferring.receive(pk, act.cleaned["arrived"], by=act.user),
    )


ACTIONS = (
    ConfirmedAction(
        name="send_transfer",
        label="Send",
        permission=PERMISSION,
        done="On their way",
        why_not=_why_not(TransferState.DRAFT, "source"),
        effect=lambda transfer: (
            f"{transfer.units} units leave {transfer.source}. Until they arrive in "
            f"{transfer.target} they can be promised to nobody."
        ),
        perform=lambda act: one_by_one(
            act, Transfer, lambda pk: transferring.send(pk, by=act.user)
        ),
        icon="local_shipping",
    ),
    ConfirmedAction(
        name="receive_transfer",
        label="Take in",
        permission=PERMISSION,
        done="Arrived",
        why_not=_why_not(TransferState.SENT, "target"),
        effect=lambda transfer: f"What arrived is on hand in {transfer.target}.",
        perform=_receive,
        form=ArrivalForm,
        icon="move_to_inbox",
        template="inventory/arrive.html",
        at_most=1,
    ),
    ConfirmedAction(
        name="cancel_transfer",
        label="Give up the transfer",
        permission=PERMISSION,
        done="Given up",
        why_not=_why_not(TransferState.DRAFT, "source"),
        effect=lambda transfer: "Nothing leaves.",
        perform=lambda act: one_by_one(
            act, Transfer, lambda pk: transferring.cancel(pk, by=act.user)
        ),
        icon="delete",
        danger=True,
    ),
)
