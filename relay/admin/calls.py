"""The calls to stores: what waits, what is stuck, every attempt; retry and give up."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from backoffice.actions import ConfirmedAction, ConfirmedActionsMixin
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from relay import outbox
from relay.admin.attempts import with_attempts
from relay.admin.rows import OperatorAdmin, one_by_one, state_badge, way
from relay.models import DUE_STATES, STUCK_STATES, CallState, OutboundCall


class ReasonForm(forms.Form):
    """Why something is given up; the timeline keeps it."""

    reason = forms.CharField(label="Reason", max_length=500)


def _cannot_retry(call: OutboundCall) -> str:
    if call.state in (*STUCK_STATES, CallState.WAITING, CallState.IN_DOUBT):
        return ""
    return f"It is {call.get_state_display().lower()}."


RETRY = ConfirmedAction(
    name="retry",
    label="Retry now",
    permission="relay.retry_call",
    done="To be made now",
    why_not=_cannot_retry,
    effect=lambda call: "The store is looked at first; nothing is done there twice.",
    perform=lambda act: one_by_one(act, outbox.retry),
    icon="replay",
)
GIVE_UP = ConfirmedAction(
    name="give_up",
    label="Give up",
    permission="relay.give_up_call",
    done="Given up",
    why_not=_cannot_retry,
    effect=lambda call: f"{call.store} will not be told. What waits behind it goes on.",
    perform=lambda act: one_by_one(
        act, lambda pk: outbox.give_up(pk, f"{act.cleaned['reason']} ({act.user})")
    ),
    form=lambda rows, sent: ReasonForm(sent),
    icon="delete",
    danger=True,
)


@admin.register(OutboundCall)
class OutboundCallAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, OperatorAdmin):
    """What stores are told, were told, and could not be told."""

    page_template = "relay/call.html"
    nowhere = "There is no such call."
    confirmed_actions = (RETRY, GIVE_UP)
    list_display = (
        "what",
        "store",
        "where_it_stands",
        "queued",
        "not_before",
        "failed_tries",
        "reason",
    )
    list_filter = ("state", "store", "verb")
    list_select_related = ("store",)
    search_fields = ("subject", "key", "correlation_id__exact")
    search_help_text = "Order number, or correlation id"

    @admin.display(description="Call")
    def what(self, call: OutboundCall) -> str:
        """The verb and its subject."""
        return str(call)

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, call: OutboundCall) -> SafeString:
        """The state, coloured."""
        return state_badge(call)

    @admin.display(description="Queued", ordering="-id")
    def queued(self, call: OutboundCall) -> datetime:
        """When it became known that the store must be told."""
        return call.created_at

    @admin.display(description="Not before")
    def not_before(self, call: OutboundCall) -> datetime | None:
        """When it is tried next; nothing for one that has ended or waits for a person."""
        return call.run_after if call.state in DUE_STATES else None

    @admin.display(description="Failed tries")
    def failed_tries(self, call: OutboundCall) -> int:
        """How often the store could not be told."""
        return call.attempts_made

    def page_context(self, request: HttpRequest, known: OutboundCall) -> dict[str, Any]:
        """Show a call with every attempt and every exchange."""
        call = with_attempts(OutboundCall.objects.filter(pk=known.pk)).get()
        return {
            "call": call,
            "badge": state_badge(call),
            "way": way(call),
            "possible": self.possible(request, call),
        }
