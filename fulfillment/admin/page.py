"""Gathers what the page of one order shows, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from fulfillment import policies, rules, telling
from fulfillment.admin import ship_by, words
from fulfillment.models import FulfillmentOrder, Line
from fulfillment.transitions import TRANSITIONS, Action
from fulfillment.triage import METHOD_INVALID, METHOD_UNMAPPED
from inventory import availability, skus
from inventory.models import Allocation
from locations.models import works_everywhere
from platforms.records import RequestStatus
from relay.admin.attempts import with_attempts
from relay.models import OutboundCall

METHOD = "admin:fulfillment_shippingmethod_change"
CARRIER_WANTED = (METHOD_UNMAPPED, METHOD_INVALID)
EVENTS_SHOWN = 200
CALLS_SHOWN = 20
ROWS_SHOWN = 50


def context(order: FulfillmentOrder) -> dict[str, Any]:
    """Return the panels of the page."""
    return {
        "test_badge": words.test_badge(order),
        "cash_badge": words.cash_badge(order),
        "unseen": _unseen(order),
        "request_badge": words.request_badge(order),
        "work_badge": words.work_badge(order),
        "status_words": words.reason(order),
        "age": words.age(order.recorded_at),
        "ship_by": ship_by.label(order),
        "requests": order.requests.select_related("decided_by").order_by("-id")[:ROWS_SHOWN],
        "open_problems": order.problems.filter(settled_at=None).select_related(
            "status_code", "line"
        ),
        "settled_problems": order.problems.exclude(settled_at=None)
        .select_related("settled_by")
        .order_by("-id")[:ROWS_SHOWN],
        "holds": order.holds.filter(released_at=None).select_related("user"),
        "shipments": order.shipments.select_related("shipped_by").prefetch_related(
            "parcels__events__recorded_by", "lines__line"
        ),
        "returns": order.returns.select_related("by").prefetch_related("lines__line"),
        "events": order.events.select_related("user").order_by("-id")[:EVENTS_SHOWN],
        "calls": _calls(order),
        "partner_job": next(reversed(list(order.partner_jobs.all())), None),
        "goods": _goods(order),
        "carrier_wanted": CARRIER_WANTED,
    }


def _unseen(order: FulfillmentOrder) -> str:
    """Say why no rule accepts the order, where that is because it has not been read."""
    whole = order.order
    waits = order.request_status == RequestStatus.REQUESTED and not whole.is_test
    if not waits or not rules.may_be_a_test(order):
        return ""
    if whole.read_remark:
        return f"The order itself could not be read. Decide by hand. {whole.read_remark}"
    if whole.read_at:
        return "The store does not say whether this is a test order. Decide by hand."
    return "The order itself has not been read yet. No rule accepts it before."


def method_page(order: FulfillmentOrder, user: User | AnonymousUser) -> str:
    """Return where the user says by which carrier the order is shipped; empty where that is not."""
    may = works_everywhere(user) and user.has_perm("fulfillment.change_shippingmethod")
    if not may or not order.store.platform.capabilities.maps_methods:
        return ""
    methods = order.store.shipping_methods.filter(code=order.shipping_code)
    return next((reverse(METHOD, args=[method.pk]) for method in methods), "")


def main_action(order: FulfillmentOrder, names: Sequence[str]) -> str:
    """Return which of these is most likely wanted: the suggested answer, or the next step."""
    if Action.REJECT in names and _is_rejection_suggested(order):
        return Action.REJECT
    return next((name for name in names if name in TRANSITIONS), "")


def _is_rejection_suggested(order: FulfillmentOrder) -> bool:
    suggested = order.requests.filter(closed_at=None, suggestion=policies.REJECT)
    return suggested.exists()


def _goods(order: FulfillmentOrder) -> list[tuple[Line, str]]:
    """Return each line with what it holds and what is left to promise, in words."""
    lines = list(order.lines.all())
    products = skus.find(order.store.merchant_id, (line.sku for line in lines))
    left = availability.by_sku(products, [order.warehouse_id]).get(order.warehouse_id or 0, {})
    held = dict(Allocation.objects.filter(order_id=order.pk).values_list("line_id", "held"))
    return [(line, _stock_words(line, held.get(line.pk, 0), left)) for line in lines]


def _stock_words(line: Line, held: int, left: Mapping[str, int]) -> str:
    if line.sku not in left:
        return "Stock is not counted." if line.sku and line.open else ""
    units = max(0, left[line.sku])
    more = "more " if held else ""
    return f"{held} held for it, {units} {more}available." if line.open else ""


def _calls(order: FulfillmentOrder) -> Any:
    """Return what was told to the platform about this order, the newest first."""
    calls = OutboundCall.objects.filter(subject_id=order.pk, verb__in=telling.VERBS)
    return with_attempts(calls).order_by("-id")[:CALLS_SHOWN]
