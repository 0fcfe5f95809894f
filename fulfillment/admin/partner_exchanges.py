"""What exactly partners were told and answered, and when; without secrets."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.exports import ExportedList
from fulfillment.models import PartnerExchange
from relay.admin.rows import OperatorAdmin

SHOWN = 20_000


@admin.register(PartnerExchange)
class PartnerExchangeAdmin(ExportedList, OperatorAdmin):
    """Every request to a partner and its answer."""

    list_display = ("at", "account", "job", "method", "url", "status", "seconds", "error")
    list_filter = ("account__warehouse", "account__merchant", "method", "status")
    list_select_related = ("account__warehouse", "job")
    search_fields = ("job__reference__iexact", "correlation_id__exact")
    search_help_text = "Our number of an order at the partner, or correlation id"
    fields = readonly_fields = (
        "account",
        "job",
        "at",
        "seconds",
        "method",
        "url",
        "sent",
        "status",
        "answered",
        "error",
        "correlation_id",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Answers may be long; only the page of an exchange reads its own."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("account__warehouse", "job").defer("request_body", "answer")

    @admin.display(description="What we sent")
    def sent(self, exchange: PartnerExchange) -> SafeString:
        """The body as it went out, but for its secrets."""
        body = exchange.request_body
        text = "" if body is None else json.dumps(body, indent=2, ensure_ascii=False)
        return format_html('<div class="xd-code">{}</div>', text or "Nothing")

    @admin.display(description="What the partner answered")
    def answered(self, exchange: PartnerExchange) -> SafeString:
        """The body as it came, but for its secrets."""
        return format_html('<div class="xd-code">{}</div>', exchange.answer[:SHOWN] or "Nothing")
