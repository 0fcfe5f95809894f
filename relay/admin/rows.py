"""What the operator's screens share: who sees them, how a state looks, rows done one by one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from backoffice.actions import Act, Result
from backoffice.badges import badge
from backoffice.readonly import ReadOnlyAdmin
from locations.models import works_everywhere
from platforms.errors import Refusal
from relay.models import CallState, MessageState

TONES = {
    CallState.DONE: "good",
    CallState.REFUSED: "stop",
    CallState.FAILED: "stop",
    CallState.IN_DOUBT: "wait",
    CallState.WAITING: "info",
    CallState.SENDING: "info",
    MessageState.DONE: "good",
    MessageState.FAILED: "stop",
    MessageState.RECEIVED: "info",
}
WAY = (("inboundmessage", "messages"), ("outboundcall", "calls"), ("exchange", "exchanges"))


def state_badge(row: Any) -> SafeString:
    """Return a row's state as a small coloured label."""
    return badge(row.get_state_display(), TONES.get(row.state, ""))


def way(row: Any) -> SafeString:
    """Return a row's correlation id, with where to find all that has the same one."""
    if not row.correlation_id:
        return SafeString("–")
    query = urlencode({"q": row.correlation_id})
    links = [(reverse(f"admin:relay_{model}_changelist"), query, word) for model, word in WAY]
    found = format_html_join(" · ", '<a href="{}?{}">{}</a>', links)
    return format_html("<code>{}</code> ({})", row.correlation_id, found)


class OfAllStores(ModelAdmin):
    """Rows that belong to no single warehouse: only for those who work in all of them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return everything, or nothing."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if works_everywhere(request.user) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A list that is always empty is not offered."""
        return works_everywhere(request.user) and bool(super().has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return works_everywhere(request.user) and bool(super().has_add_permission(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for looking."""
        return works_everywhere(request.user) and bool(super().has_change_permission(request, obj))


class OperatorAdmin(OfAllStores, ReadOnlyAdmin):
    """What is told to stores and heard from them: looked at, and changed by actions only."""


def one_by_one(act: Act, do: Callable[[int], object]) -> Result:
    """Do it to each row; a row that our rules refuse does not stop the others."""
    result = Result()
    for pk in act.seen:
        try:
            do(pk)
            result.done += 1
        except Refusal as refusal:
            result.refused.append((f"Number {pk}", str(refusal)))
    return result
