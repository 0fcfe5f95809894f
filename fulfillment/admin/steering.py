"""Actions that turn an order another way: hold, close short, move, split, take over a change."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from backoffice.actions import Act, ConfirmedAction, Result
from fulfillment import changes, edits, holds, jobs
from fulfillment.admin.outcomes import as_result, store_is_told
from fulfillment.admin.steering_forms import (
    CloseShortForm,
    HoldAtStoreForm,
    HoldForm,
    MoveForm,
    SplitForm,
    places,
)
from fulfillment.handover import reclaiming
from fulfillment.models import FulfillmentOrder, JobState
from fulfillment.transitions import CHANGES, TRANSITIONS, Action, may_move, why_not
from platforms.errors import Refusal
from platforms.records import HoldReason
from relay import outbox
from relay.models import OutboundCall

# Each is written with its hold and its line of the timeline.
HELD_AT_ONCE = 200


def _hold(act: Act) -> Result:
    reason, message = HoldReason(act.cleaned["reason"]), act.cleaned["message"]
    return as_result(holds.place(act.seen, by=act.user, reason=reason, message=message))


def _hold_at_store(act: Act) -> Result:
    reason, message = HoldReason(act.cleaned["reason"]), act.cleaned["message"]
    return as_result(changes.hold_at_store(act.seen, by=act.user, reason=reason, message=message))


def _close_short(act: Act) -> Result:
    message = act.cleaned["message"]
    return as_result(changes.close_short(act.seen, by=act.user, message=message))


def _move(act: Act) -> Result:
    [order_id] = act.seen
    ref = act.cleaned["place"]
    order = FulfillmentOrder.objects.select_related("store").get(pk=order_id)
    name = places(order)[ref]
    lines = [int(pk) for pk in act.cleaned["lines"]]
    return as_result(changes.move(order_id, by=act.user, to_ref=ref, to_name=name, line_ids=lines))


def _split(act: Act) -> Result:
    [order_id] = act.seen
    return as_result(changes.split(order_id, by=act.user, units=act.cleaned["units"]))


def _ask_destinations(act: Act) -> Result:
    for order in FulfillmentOrder.objects.filter(pk__in=act.seen):
        jobs.ask_destinations_later(order.store_id, order.ref)
    return Result(len(act.seen))


def _stuck_changes(order_ids: Iterable[int]) -> Any:
    stuck = OutboundCall.objects.stuck()
    return stuck.filter(verb__in=CHANGES, subject_id__in=list(order_ids))


def _load_stuck_changes(orders: Sequence[Any]) -> None:
    found = _stuck_changes(order.pk for order in orders)
    stuck = set(found.values_list("subject_id", flat=True))
    for order in orders:
        order.has_stuck_change = order.pk in stuck


def _take_back(act: Act) -> Result:
    result = Result()
    for call in _stuck_changes(act.seen):
        try:
            outbox.give_up(call.pk, f"Taken back by {act.user}.")
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(call), str(refusal)))
    return result


def _reclaim_effect(order: FulfillmentOrder) -> str:
    waiting = [job for job in order.partner_jobs.all() if job.state == JobState.WAITING]
    if waiting:
        return "The partner was not asked for it yet, and will not be. It is ready to pick here."
    return "The partner is asked to stop it. If it is not too late there, it is ready to pick here."


def _of(
    action: Action,
    done: str,
    effect: Callable[[Any], str],
    perform: Callable[[Act], Result],
    icon: str,
    **more: Any,
) -> ConfirmedAction:
    return ConfirmedAction(
        name=action,
        label=TRANSITIONS[action].label,
        permission=TRANSITIONS[action].permission,
        done=done,
        why_not=lambda order: why_not(action, order),
        effect=effect,
        perform=perform,
        icon=icon,
        rare=True,
        **more,
    )


STEERING = (
    ConfirmedAction(
        name="take_from_partner",
        label="Take it back from the partner",
        permission="fulfillment.redirect",
        done="Taken back, or being asked for",
        why_not=reclaiming.why_not,
        effect=_reclaim_effect,
        perform=lambda act: as_result(reclaiming.reclaim(act.seen, by=act.user)),
        icon="assignment_return",
        at_most=HELD_AT_ONCE,
        danger=True,
    ),
    ConfirmedAction(
        name="take_over",
        label="Take over the store’s change",
        permission="fulfillment.redirect",
        done="Taken over",
        why_not=edits.why_not_take_over,
        effect=lambda order: "Address and lines become those of the store; the hold ends.",
        perform=lambda act: as_result(edits.take_over(act.seen, by=act.user)),
        icon="sync_alt",
    ),
    _of(
        Action.HOLD,
        "Put on hold here",
        lambda order: "Nobody picks, packs, ships or accepts it until it is released.",
        _hold,
        "pause",
        form=lambda orders, sent: HoldForm(sent),
        at_most=HELD_AT_ONCE,
    ),
    _of(
        Action.RELEASE,
        "Released",
        lambda order: "The work goes on where it stopped.",
        lambda act: as_result(holds.lift(act.seen, by=act.user)),
        "play_arrow",
        at_most=HELD_AT_ONCE,
    ),
    _of(
        Action.CLOSE_SHORT,
        "Closed short, and being told to the store",
        lambda order: store_is_told(order, "The units still open will not be shipped."),
        _close_short,
        "content_cut",
        form=lambda orders, sent: CloseShortForm(sent),
        danger=True,
    ),
    _of(
        Action.SPLIT,
        "The store is being asked to split it",
        lambda order: store_is_told(order, "Some units go on in an order of their own."),
        _split,
        "call_split",
        form=SplitForm,
        at_most=1,
    ),
    _of(
        Action.MOVE,
        "The store is being asked to move it",
        lambda order: store_is_told(order, "It closes here and goes on at another place."),
        _move,
        "move_location",
        form=MoveForm,
        at_most=1,
        danger=True,
    ),
    ConfirmedAction(
        name="ask_destinations",
        label="Ask where it can go",
        permission="fulfillment.redirect",
        done="Being asked",
        why_not=lambda order: may_move(order) or why_not(Action.MOVE, order),
        effect=lambda order: f"{order.store} is asked for the places that could take it.",
        perform=_ask_destinations,
        icon="travel_explore",
        rare=True,
    ),
    _of(
        Action.HOLD_AT_STORE,
        "The store is being asked to hold it",
        lambda order: store_is_told(order, "Nobody is asked to ship it until it is released."),
        _hold_at_store,
        "front_hand",
        form=lambda orders, sent: HoldAtStoreForm(sent),
    ),
    _of(
        Action.RELEASE_AT_STORE,
        "The store is being asked to release it",
        lambda order: store_is_told(order, "The merchant can ask for it again."),
        lambda act: as_result(changes.release_at_store(act.seen, by=act.user)),
        "lock_open",
    ),
    ConfirmedAction(
        name="take_back",
        label="Take back what the store refused",
        permission="fulfillment.redirect",
        done="Taken back",
        load=_load_stuck_changes,
        why_not=lambda order: (
            "" if order.has_stuck_change else "The store has refused no change of it."
        ),
        effect=lambda order: "The store is not asked again; the order can be worked on.",
        perform=_take_back,
        icon="undo",
    ),
)
