"""What exactly partners were told and answered, and when; without secrets."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.exports import ExportedList
from fulfillment.models import PartnerExchange
from relay.admin.rows import OperatorAdmin


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
        "request_body",
        "status",
        "answer",
        "error",
        "correlation_id",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Answers may be long; only the page of an exchange reads its own."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("account__warehouse", "job").defer("request_body", "answer")
