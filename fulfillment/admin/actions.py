"""What can be done on the work list and on the page of an order, each with its page in between."""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.actions import Act, ConfirmedAction, Result
from fulfillment import (
    catalogue,
    decisions,
    floor,
    problems,
    reconsidering,
    shipments,
    shortages,
    telling,
    tracking_news,
)
from fulfillment.admin.forms import (
    HowForm,
    MessageForm,
    NeededMessageForm,
    RejectForm,
    ShipForms,
)
from fulfillment.admin.outcomes import (
    answer_is_told,
    as_answered,
    as_result,
    store_is_told,
)
from fulfillment.admin.returns import RETURN
from fulfillment.admin.steering import STEERING
from fulfillment.admin.tracking import CORRECT, RECORD, TAKE_BACK
from fulfillment.jobs import read_later
from fulfillment.models import FulfillmentOrder, Problem, Request
from fulfillment.transitions import TRANSITIONS, Action, why_not
from platforms.errors import Refusal
from platforms.records import RejectReason, RequestKind
from relay import engine

# A form with parcels for each: more of them no person fills in, and no browser sends.
SHIPPED_AT_ONCE = 25


def _accept(act: Act) -> Result:
    outcome = decisions.accept(act.seen, by=act.user, message=act.cleaned["message"])
    return as_answered(outcome, Action.ACCEPT)


def _accept_short(act: Act) -> Result:
    message = act.cleaned["message"]
    outcome = decisions.accept(act.seen, by=act.user, message=message, forced=True)
    return as_answered(outcome, Action.ACCEPT)


def _load_shortages(orders: Sequence[Any]) -> None:
    short = shortages.foresee(orders)
    for order in orders:
        order.short = short.get(order.pk, "")


def _why_not_short(order: Any) -> str:
    enough = "" if order.short else "There is enough stock for it: accept it as usual."
    return why_not(Action.ACCEPT, order) or enough


def _reject(act: Act) -> Result:
    """Reject with one reason for all, or with the one that each order's problems suggest."""
    result = Result()
    for (reason, message), seen in _by_reason(act).items():
        outcome = decisions.reject(
            dict(seen), by=act.user, reason=RejectReason(reason), message=message
        )
        part = as_answered(outcome, Action.REJECT)
        result.done += part.done
        result.words = result.words or part.words
        result.refused += part.refused
    return result


def _by_reason(act: Act) -> dict[tuple[str, str], list[tuple[int, int | None]]]:
    reason, message = act.cleaned["reason"], act.cleaned["message"]
    suggested: Mapping[int, tuple[str, str]] = {}
    if not reason:
        rows = Request.objects.filter(
            fulfillment_order__in=act.seen, kind=RequestKind.FULFILL, closed_at=None
        ).values_list("fulfillment_order_id", "suggested_reason", "suggested_message")
        suggested = {pk: (why or RejectReason.OTHER, message or text) for pk, why, text in rows}
    grouped: dict[tuple[str, str], list[tuple[int, int | None]]] = {}
    for pk, revision in act.seen.items():
        key = suggested.get(pk, (reason or RejectReason.OTHER, message))
        grouped.setdefault(key, []).append((pk, revision))
    return grouped


def _accept_cancellation(act: Act) -> Result:
    message = act.cleaned["message"]
    outcome = decisions.accept_cancellation(act.seen, by=act.user, message=message)
    return as_answered(outcome, Action.ACCEPT_CANCELLATION)


def _reject_cancellation(act: Act) -> Result:
    message = act.cleaned["message"]
    outcome = decisions.reject_cancellation(act.seen, by=act.user, message=message)
    return as_answered(outcome, Action.REJECT_CANCELLATION)


def _ship(act: Act) -> Result:
    result = Result()
    for order_id, leaving in act.cleaned.items():
        try:
            shipments.ship(int(order_id), leaving, by=act.user)
            result.done += 1
        except Refusal as refusal:
            order = FulfillmentOrder.objects.select_related("order").get(pk=order_id)
            result.refused.append((str(order), str(refusal)))
    return result


def _step(
    action: Action, done: str, icon: str, effect: str, *, rare: bool = False
) -> ConfirmedAction:
    return ConfirmedAction(
        name=action,
        label=TRANSITIONS[action].label,
        permission=TRANSITIONS[action].permission,
        done=done,
        why_not=lambda order: why_not(action, order),
        effect=lambda order: effect,
        perform=lambda act: as_result(floor.step(action, act.seen, by=act.user)),
        icon=icon,
        rare=rare,
    )


def _decision(
    action: Action, done: str, effect: str, perform: Any, form: Any, icon: str, *, danger: bool
) -> ConfirmedAction:
    return ConfirmedAction(
        name=action,
        label=TRANSITIONS[action].label,
        permission=TRANSITIONS[action].permission,
        done=done,
        why_not=lambda order: why_not(action, order),
        effect=lambda order: answer_is_told(order, effect, action),
        perform=perform,
        form=form,
        icon=icon,
        danger=danger,
    )


def _no_problem(order: FulfillmentOrder) -> str:
    return "" if order.open_problems else "It has no open problem."


def _settle(act: Act) -> Result:
    result = Result()
    for problem in Problem.objects.filter(fulfillment_order__in=act.seen, settled_at=None):
        try:
            problems.settle(problem.pk, by=act.user, how=act.cleaned["how"])
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(problem), str(refusal)))
    return result


def _load_stuck(orders: Sequence[Any]) -> None:
    stuck = telling.needs_telling(orders)
    for order in orders:
        order.is_stuck = order.pk in stuck


def _tell_again(act: Act) -> Result:
    result = Result()
    for order in FulfillmentOrder.objects.select_related("order").filter(pk__in=act.seen):
        try:
            result.done += telling.tell_again(order.pk, by=act.user)
        except Refusal as refusal:
            result.refused.append((str(order), str(refusal)))
    return result


def _load_unknown(orders: Sequence[Any]) -> None:
    unknown = catalogue.unknown_lines(order.pk for order in orders)
    for order in orders:
        order.unknown_lines = unknown.get(order.pk, ())


def _why_not_read(order: FulfillmentOrder) -> str:
    platform = order.store.platform
    if not platform.capabilities.reads_orders_back:
        task = platform.by_hand.get("reads_orders_back", "")
        return f"{platform.label} cannot be asked how an order stands. {task}".strip()
    return "The store is paused." if order.store.paused_at else ""


def _read_again(act: Act) -> Result:
    orders = FulfillmentOrder.objects.filter(pk__in=act.seen)
    by_store: dict[int, list[str]] = {}
    for order in orders:
        by_store.setdefault(order.store_id, []).append(order.ref)
    underway = tracking_news.ask_again(orders)
    for store_id, refs in by_store.items():
        read_later(store_id, refs, whole=True)
        if underway:
            engine.wake_tracking(store_id)
    return Result(len(orders))


ACTIONS = (
    ConfirmedAction(
        name=Action.ACCEPT,
        label=TRANSITIONS[Action.ACCEPT].label,
        permission=TRANSITIONS[Action.ACCEPT].permission,
        done="Accepted, and being told to the store",
        load=_load_shortages,
        why_not=lambda order: why_not(Action.ACCEPT, order) or order.short,
        effect=lambda order: answer_is_told(order, "You promise to ship it.", Action.ACCEPT),
        perform=_accept,
        form=lambda orders, sent: MessageForm(sent),
        icon="check",
    ),
    ConfirmedAction(
        name="accept_short",
        label="Accept short of stock",
        permission="fulfillment.force_stock",
        done="Accepted short of stock, and being told to the store",
        load=_load_shortages,
        why_not=_why_not_short,
        effect=lambda order: answer_is_told(
            order,
            f"You promise what is not there. {order.short} It is shown as a problem.",
            Action.ACCEPT,
        ),
        perform=_accept_short,
        form=lambda orders, sent: MessageForm(sent),
        icon="production_quantity_limits",
        danger=True,
        rare=True,
    ),
    _decision(
        Action.REJECT,
        "Rejected, and being told to the store",
        "It will not be shipped.",
        _reject,
        RejectForm,
        "block",
        danger=True,
    ),
    _decision(
        Action.ACCEPT_CANCELLATION,
        "Cancellation accepted, and being told to the store",
        "Work on it stops.",
        _accept_cancellation,
        lambda orders, sent: MessageForm(sent),
        "cancel",
        danger=True,
    ),
    _decision(
        Action.REJECT_CANCELLATION,
        "Cancellation rejected, and being told to the store",
        "It will be shipped all the same.",
        _reject_cancellation,
        lambda orders, sent: NeededMessageForm(sent),
        "undo",
        danger=False,
    ),
    ConfirmedAction(
        name=Action.RECONSIDER,
        label=TRANSITIONS[Action.RECONSIDER].label,
        permission=TRANSITIONS[Action.RECONSIDER].permission,
        done="Rejection taken back",
        why_not=lambda order: why_not(Action.RECONSIDER, order),
        effect=lambda order: "It waits for a decision again.",
        perform=lambda act: as_result(reconsidering.reconsider(act.seen, by=act.user)),
        icon="settings_backup_restore",
        rare=True,
    ),
    _step(Action.START_PICKING, "Picking started", "shopping_basket", "Somebody is picking it."),
    _step(Action.FINISH_PICKING, "Picked", "inventory", "All its units are picked."),
    _step(Action.PACK, "Packed", "package_2", "It is packed and waits for its label."),
    ConfirmedAction(
        name=Action.SHIP,
        label=TRANSITIONS[Action.SHIP].label,
        permission=TRANSITIONS[Action.SHIP].permission,
        done="Shipped, and being told to the store",
        why_not=lambda order: why_not(Action.SHIP, order),
        effect=lambda order: store_is_told(order, "The parcel leaves."),
        perform=_ship,
        form=ShipForms,
        icon="local_shipping",
        template="fulfillment/ship.html",
        at_most=SHIPPED_AT_ONCE,
    ),
    RECORD,
    CORRECT,
    TAKE_BACK,
    RETURN,
    *STEERING,
    _step(
        Action.BEGIN_ANEW,
        "Put back before picking",
        "undo",
        "What was picked goes back on the shelf. It is ready to pick again.",
        rare=True,
    ),
    ConfirmedAction(
        name="add_products",
        label="Add unknown SKUs as products",
        permission="inventory.add_product",
        done="Orders whose SKUs are products now",
        load=_load_unknown,
        why_not=lambda order: catalogue.why_not(order, order.unknown_lines),
        effect=lambda order: (
            f"{catalogue.skus(order.unknown_lines)}: known to us from now on. "
            "All orders that wait with these SKUs are checked again."
        ),
        perform=lambda act: as_result(catalogue.add_products(act.seen, by=act.user)),
        icon="add_box",
    ),
    ConfirmedAction(
        name="check_again",
        label="Check again",
        permission="fulfillment.decide_request",
        done="Checked again",
        why_not=catalogue.not_waiting,
        effect=lambda order: "Address, SKUs and location are checked as on arrival.",
        perform=lambda act: as_result(catalogue.check_again(act.seen)),
        icon="fact_check",
        rare=True,
    ),
    ConfirmedAction(
        name="tell_again",
        label="Tell the store again",
        permission="relay.retry_call",
        done="Being told again",
        load=_load_stuck,
        why_not=lambda order: "" if order.is_stuck else "Nothing about it is stuck on the way.",
        effect=lambda order: "The store is looked at first; nothing is done there twice.",
        perform=_tell_again,
        icon="replay",
    ),
    ConfirmedAction(
        name="settle_problems",
        label="Settle problems",
        permission="fulfillment.settle_problem",
        done="Problems settled",
        why_not=_no_problem,
        effect=lambda order: f"Open problems that are marked as settled: {order.open_problems}.",
        perform=_settle,
        form=lambda orders, sent: HowForm(sent),
        icon="task_alt",
    ),
    ConfirmedAction(
        name="read_again",
        label="Read again from the store",
        permission="fulfillment.read_again",
        done="Being read again",
        why_not=_why_not_read,
        effect=lambda order: f"{order.store} is asked how it stands.",
        perform=_read_again,
        icon="refresh",
        rare=True,
    ),
)
