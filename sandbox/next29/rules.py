"""Which step is legal in which state, and what the step does to a fulfillment order."""

from sandbox.clock import now
from sandbox.next29 import errors
from sandbox.next29.state import SERVICE, FulfillmentOrder
from sandbox.next29.store import Notice, Store

State = tuple[str, str]

PENDING: State = ("open", "pending")
REQUESTED: State = ("open", "requested")
REJECTED: State = ("open", "rejected")
ACCEPTED: State = ("processing", "accepted")
CANCEL_REQUESTED: State = ("processing", "cancel_requested")
CANCEL_REJECTED: State = ("processing", "cancel_rejected")
CANCEL_ACCEPTED: State = ("canceled", "cancel_accepted")

OPEN = frozenset({PENDING, REQUESTED, REJECTED})

LEGAL: dict[str, frozenset[State]] = {
    "accept": frozenset({REQUESTED}),
    "reject": frozenset({REQUESTED}),
    "accept-cancellation": frozenset({CANCEL_REQUESTED}),
    "reject-cancellation": frozenset({CANCEL_REQUESTED}),
    # An open order may be fulfilled without acceptance; a service should accept first all the same.
    "fulfillment": OPEN | {ACCEPTED, CANCEL_REQUESTED, CANCEL_REJECTED},
    "close": frozenset({ACCEPTED, CANCEL_REJECTED}),
    "hold": frozenset({PENDING, REJECTED, CANCEL_ACCEPTED}),
    "move": OPEN | {CANCEL_ACCEPTED},
    "split": OPEN | {ACCEPTED},
    "cancel": OPEN,
    "request": frozenset({PENDING, REJECTED, CANCEL_ACCEPTED}),
    "withdraw": frozenset({REQUESTED}),
    "ask-cancel": frozenset({ACCEPTED, CANCEL_REJECTED}),
    "withdraw-cancel": frozenset({CANCEL_REQUESTED}),
}

SUPPORTED_ACTIONS = {
    "create_fulfillment": "fulfillment",
    "hold_fulfillment": "hold",
    "move": "move",
    "cancel_fulfillment_order": "cancel",
    "split": "split",
}


def allows(step: str, order: FulfillmentOrder) -> bool:
    if step == "release":
        return order.status == "on_hold"
    return order.state in LEGAL[step]


def require(step: str, order: FulfillmentOrder) -> None:
    if not allows(step, order):
        raise errors.not_allowed()


def supported_actions(order: FulfillmentOrder) -> list[str]:
    """What the order says it allows, whoever asks."""
    return [name for name, step in SUPPORTED_ACTIONS.items() if allows(step, order)]


def accept(store: Store, order: FulfillmentOrder, message: str | None) -> None:
    require("accept", order)
    order.become(*ACCEPTED)
    store.effect("accept", order, SERVICE, message=message)


def reject(store: Store, order: FulfillmentOrder, reason: str | None, message: str | None) -> None:
    require("reject", order)
    order.become(*REJECTED)
    store.effect("reject", order, SERVICE, rejected_reason=reason, message=message)


def accept_cancellation(store: Store, order: FulfillmentOrder, message: str | None) -> None:
    require("accept-cancellation", order)
    order.become(*CANCEL_ACCEPTED)
    store.effect("accept-cancellation", order, SERVICE, message=message)


def reject_cancellation(store: Store, order: FulfillmentOrder, message: str | None) -> None:
    require("reject-cancellation", order)
    order.become(*CANCEL_REJECTED)
    store.effect("reject-cancellation", order, SERVICE, message=message)


def close(store: Store, order: FulfillmentOrder, message: str | None) -> None:
    """The service gives up on the rest: closed short."""
    require("close", order)
    order.become("incomplete", "closed")
    store.effect("close", order, SERVICE, message=message)


def hold(
    store: Store, order: FulfillmentOrder, reason: str, message: str | None, *, by: str = SERVICE
) -> None:
    require("hold", order)
    order.holds.append({"reason": reason, "reason_message": message, "created_at": now()})
    order.become("on_hold", order.request_status)
    store.effect("hold", order, by, reason=reason, message=message)


def release(store: Store, order: FulfillmentOrder, *, by: str = SERVICE) -> None:
    """Back to the start, whatever was asked before the hold."""
    require("release", order)
    order.holds.clear()
    order.become(*PENDING)
    store.effect("release", order, by)


def request(
    store: Store, order: FulfillmentOrder, message: str | None, notify: bool, *, by: str
) -> None:
    """Ask the location to ship; asking again keeps the id and appends to what was asked."""
    require("request", order)
    asked = {"type": "fulfill_request", "message": message, "notify": notify}
    order.merchant_requests.append(asked)
    order.become(*REQUESTED)
    store.effect("request", order, by, message=message, notify=notify)
    store.notices.append(Notice("fulfillment_requested", order.location))


def withdraw(store: Store, order: FulfillmentOrder, message: str | None, *, by: str) -> None:
    """Take the request back before it is answered; nobody is told."""
    require("withdraw", order)
    order.become(*PENDING)
    store.effect("withdraw", order, by, message=message)


def ask_cancel(store: Store, order: FulfillmentOrder, message: str | None, *, by: str) -> None:
    require("ask-cancel", order)
    asked = {"type": "cancel_request", "message": message, "notify": False}
    order.merchant_requests.append(asked)
    order.become(*CANCEL_REQUESTED)
    store.effect("ask-cancel", order, by, message=message)
    store.notices.append(Notice("cancellation_requested", order.location))


def withdraw_cancel(store: Store, order: FulfillmentOrder, message: str | None, *, by: str) -> None:
    require("withdraw-cancel", order)
    order.become(*ACCEPTED)
    store.effect("withdraw-cancel", order, by, message=message)
