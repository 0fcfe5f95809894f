"""The filters of the work list; none offers what the user may not see."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from locations.models import Store, Warehouse


class _OfMyWarehouses(admin.SimpleListFilter):
    """A filter whose choices are the user's own."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list by the id of the chosen row."""
        value = self.value() or ""
        return queryset.filter(Q((self.parameter_name, value))) if value.isdecimal() else queryset


class WarehouseFilter(_OfMyWarehouses):
    """Narrows the list to one warehouse."""

    title = "warehouse"
    parameter_name = "warehouse"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the warehouses the user works in."""
        mine = Warehouse.objects.worked_by(request.user)
        return [(str(pk), name) for pk, name in mine.values_list("pk", "name")]


class StoreFilter(_OfMyWarehouses):
    """Narrows the list to one store."""

    title = "store"
    parameter_name = "store"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the stores that the user's warehouses serve."""
        mine = Warehouse.objects.worked_by(request.user)
        stores = Store.objects.filter(locations__warehouse__in=mine).distinct()
        return [(str(pk), name) for pk, name in stores.values_list("pk", "name")]
