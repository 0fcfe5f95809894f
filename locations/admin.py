"""Merchants and warehouses."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from backoffice.exports import ExportedList
from locations.models import Merchant, Warehouse
from locations.warehouse_form import WarehouseForm


@admin.register(Merchant)
class MerchantAdmin(ExportedList):
    """Whom we work for."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Warehouse)
class WarehouseAdmin(ExportedList):
    """Where we work, and who works there."""

    form = WarehouseForm
    list_display = ("name", "city", "country", "time_zone", "cutoff")
    search_fields = ("name", "city")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Warehouse]:
        """Return the warehouses the user works in."""
        return Warehouse.objects.worked_by(request.user)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the staff by name; who may look at users in full is another question."""
        staff = User.objects.filter(is_staff=True, is_active=True).order_by("username")
        kwargs |= {"queryset": staff, "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)
