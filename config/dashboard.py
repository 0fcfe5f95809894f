"""The first page: what needs a person now, and for the operator what is stuck."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from fulfillment.admin import cutoffs, queues, words
from fulfillment.models import FulfillmentOrder, PartnerAccount
from inventory.models import StockLevel, StockRecord, UnknownSku
from locations.models import Store, works_everywhere
from relay import health
from relay.models import Alarm, CallState, InboundMessage, MessageState, OutboundCall

NEEDS_A_PERSON = ("to_decide", "cancellations", "late", "due_today", "to_ship", "problems")
ALARMS_SHOWN = 20
# What of stock needs a person: label, list, and how the list and its filter are narrowed to it.
STOCK: tuple[tuple[str, Any, dict[str, Any], dict[str, str]], ...] = (
    ("Oversold", StockLevel, {"uncovered__gt": 0}, {"stock": "oversold"}),
    ("Unknown SKUs", UnknownSku, {}, {}),
    ("Stock records that wait", StockRecord, {"waits": True}, {"waits__exact": "1"}),
)


@dataclass(frozen=True, slots=True)
class Card:
    """One figure and where it leads. `now` marks one that somebody must act on."""

    label: str
    figure: str
    url: str
    now: bool


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures that this user may see to the context of the admin's first page."""
    context["title"] = "Dashboard"
    if request.user.has_perm("fulfillment.view_fulfillmentorder"):
        context["floor"] = _floor(request)
        context["oldest"] = _oldest(request)
        context["cutoffs"] = cutoffs.today(request.user)
    context["stock"] = _stock(request)
    if request.user.has_perm("relay.view_outboundcall") and works_everywhere(request.user):
        context["relay"] = _relay()
        raised = Alarm.objects.filter(cleared_at=None)
        about = raised.select_related("store", "warehouse", "merchant")
        context["alarms"] = about[:ALARMS_SHOWN]
        context["paused"] = Store.objects.filter(paused_at__isnull=False)
        partners = PartnerAccount.objects.filter(paused_at__isnull=False)
        context["paused_partners"] = partners.select_related("warehouse")
        context["worker"] = health.worker()
    return context


def _floor(request: HttpRequest) -> list[Card]:
    counts = queues.counts(FulfillmentOrder.objects.seen_by(request.user))
    work_list = reverse("admin:fulfillment_fulfillmentorder_changelist")
    return [
        Card(
            queue.label,
            figure := counts[queue.key],
            f"{work_list}?{urlencode({'queue': queue.key})}",
            now=queue.key in NEEDS_A_PERSON and figure != "0",
        )
        for queue in queues.QUEUES
        if queue.counted
    ]


def _oldest(request: HttpRequest) -> str:
    """Return how long the oldest request has waited for a decision; empty when none waits."""
    waiting = FulfillmentOrder.objects.seen_by(request.user).to_decide().order_by("id").first()
    return words.age(waiting.recorded_at) if waiting else ""


def _stock(request: HttpRequest) -> list[Card]:
    """Return the figures of those lists that the user may see, of the rows that they would show."""
    cards = []
    for label, model, narrowed, query in STOCK:
        screen = admin.site.get_model_admin(model)
        if screen.has_view_permission(request):
            rows = screen.get_queryset(request).filter(**narrowed)
            cards.append(_card(label, rows, f"inventory_{model._meta.model_name}", query, now=True))
    return cards


def _relay() -> list[Card]:
    states = (CallState.WAITING, CallState.IN_DOUBT, CallState.REFUSED, CallState.FAILED)
    calls = [
        _card(
            f"Calls {state.label.lower()}",
            OutboundCall.objects.filter(state=state),
            "relay_outboundcall",
            {"state__exact": state},
            now=state in (CallState.REFUSED, CallState.FAILED),
        )
        for state in states
    ]
    failed = InboundMessage.objects.filter(state=MessageState.FAILED)
    messages = _card(
        "Messages failed",
        failed,
        "relay_inboundmessage",
        {"state__exact": MessageState.FAILED},
        now=True,
    )
    return [*calls, messages]


def _card(label: str, rows: Any, model: str, query: dict[str, str], *, now: bool) -> Card:
    most = queues.COUNT_AT_MOST
    found = rows.order_by()[: most + 1].count()
    url = f"{reverse(f'admin:{model}_changelist')}?{urlencode(query)}"
    return Card(label, f"{most}+" if found > most else str(found), url, now and found > 0)
