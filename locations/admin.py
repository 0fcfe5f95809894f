"""Merchants and warehouses."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from locations.models import Merchant, Warehouse


@admin.register(Merchant)
class MerchantAdmin(ModelAdmin):
    """Whom we work for."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Warehouse)
class WarehouseAdmin(ModelAdmin):
    """Where we work, and who works there."""

    list_display = ("name", "city", "country", "time_zone")
    search_fields = ("name", "city")
    autocomplete_fields = ("staff",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Warehouse]:
        """Return the warehouses the user works in."""
        return Warehouse.objects.worked_by(request.user)
