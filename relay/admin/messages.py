"""What stores have sent, every exchange with them, and the alarms."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from backoffice.actions import ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.exports import ExportedList
from relay import alarms, inbox
from relay.admin.rows import OperatorAdmin, one_by_one, state_badge, way
from relay.models import Alarm, Exchange, InboundMessage

REPLAY = ConfirmedAction(
    name="replay",
    label="Read again",
    permission="relay.replay_message",
    done="To be read again",
    why_not=lambda message: inbox.why_not_again(message),
    effect=lambda message: "It is read once more, as if it had just come.",
    perform=lambda act: one_by_one(act, inbox.replay),
    icon="replay",
)
CLEAR = ConfirmedAction(
    name="clear",
    label="Clear",
    permission="relay.change_alarm",
    done="Cleared",
    why_not=lambda alarm: "It is cleared already." if alarm.cleared_at else "",
    effect=lambda alarm: "It is raised again if it happens again.",
    perform=lambda act: Result(alarms.clear_rows(act.seen)),
    icon="notifications_off",
)


@admin.register(InboundMessage)
class InboundMessageAdmin(ExportedList, ConfirmedActionsMixin, OperatorAdmin):
    """What stores have sent."""

    confirmed_actions = (REPLAY,)
    list_display = ("topic", "store", "where_it_stands", "received_at", "worked_at", "reason")
    list_filter = ("state", "store", "topic")
    list_select_related = ("store",)
    search_fields = ("dedupe_key", "correlation_id__exact")
    search_help_text = "Number that the store gave the message, or correlation id"
    fields = (
        "store",
        "endpoint",
        "topic",
        "state",
        "reason",
        "remark",
        "received_at",
        "worked_at",
        "dedupe_key",
        "made_for",
        "headers",
        "text",
        "answer_status",
        "said",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bodies may be long; only the page of a message reads its own."""
        return super().get_queryset(request).defer("body", "headers", "answer")

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, message: InboundMessage) -> SafeString:
        """The state, coloured."""
        return state_badge(message)

    @admin.display(description="Correlation id")
    def made_for(self, message: InboundMessage) -> SafeString:
        """The id, and all else that has it."""
        return way(message)

    @admin.display(description="Body")
    def text(self, message: InboundMessage) -> str:
        """The body as text; bytes that are none are shown as such."""
        return bytes(message.body).decode("utf-8", "backslashreplace")[:20000]

    @admin.display(description="Our answer")
    def said(self, message: InboundMessage) -> str:
        """What the store heard, where our answer was all that it was to hear."""
        return message.answer[:20000]


@admin.register(Exchange)
class ExchangeAdmin(ExportedList, OperatorAdmin):
    """Every request to a store and its answer, without secrets."""

    list_display = ("at", "store", "purpose", "method", "url", "status", "seconds", "error")
    list_filter = ("store", "purpose", "status")
    list_select_related = ("store",)
    search_fields = ("correlation_id__exact",)
    search_help_text = "Correlation id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Answers may be long; only the page of an exchange reads its own."""
        return super().get_queryset(request).defer("request_body", "answer")

    fields = readonly_fields = (
        "store",
        "purpose",
        "at",
        "seconds",
        "method",
        "url",
        "request_body",
        "status",
        "answer",
        "error",
        "made_for",
    )

    @admin.display(description="Correlation id")
    def made_for(self, exchange: Exchange) -> SafeString:
        """The id, and all else that has it."""
        return way(exchange)


@admin.register(Alarm)
class AlarmAdmin(ExportedList, ConfirmedActionsMixin, OperatorAdmin):
    """What went wrong with a store, or with a partner's account, as a whole."""

    confirmed_actions = (CLEAR,)
    list_display = ("message", "about", "raised_at", "cleared_at")
    list_filter = (("cleared_at", admin.EmptyFieldListFilter), "store", "warehouse")
    list_select_related = ("store", "warehouse", "merchant")
    fields = readonly_fields = ("about", "kind", "message", "raised_at", "cleared_at")

    @admin.display(description="About")
    def about(self, alarm: Alarm) -> str:
        """The store, or the warehouse and whose goods lie there."""
        return alarm.about
