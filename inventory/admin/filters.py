"""Filters by warehouse, store and merchant; none offers what the user may not see."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from inventory.scope import of_my_merchants
from locations.models import Merchant, Store, Warehouse


class OfMine(admin.SimpleListFilter):
    """A filter whose choices are the user's own; `column` leads from a row to the choice."""

    column = ""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list by the id of the chosen row."""
        value = self.value() or ""
        if not value.isdecimal():
            return queryset
        return queryset.filter(Q((self.column or self.parameter_name, value)))


class WarehouseFilter(OfMine):
    """Narrows the list to one warehouse."""

    title = "warehouse"
    parameter_name = "warehouse"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the warehouses the user works in."""
        mine = Warehouse.objects.worked_by(request.user)
        return [(str(pk), name) for pk, name in mine.values_list("pk", "name")]


class MerchantFilter(OfMine):
    """Narrows the list to the goods of one merchant."""

    title = "merchant"
    parameter_name = "merchant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the merchants whose goods the user works with."""
        mine = Merchant.objects.filter(of_my_merchants(request.user, "pk"))
        return [(str(pk), name) for pk, name in mine.values_list("pk", "name")]


class ProductMerchantFilter(MerchantFilter):
    """The same for what belongs to a product."""

    column = "product__merchant"


class StoreFilter(OfMine):
    """Narrows the list to one store."""

    title = "store"
    parameter_name = "store"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the stores that the user's warehouses serve."""
        mine = Warehouse.objects.worked_by(request.user)
        stores = Store.objects.filter(locations__warehouse__in=mine).distinct()
        return [(str(pk), name) for pk, name in stores.values_list("pk", "name")]


class HowMuchFilter(admin.SimpleListFilter):
    """Shows what needs somebody: promised units that do not exist, and what is sold out."""

    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two choices."""
        return [("oversold", "Oversold"), ("nothing", "Nothing available")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list."""
        if self.value() == "oversold":
            return queryset.filter(uncovered__gt=0)
        return queryset.filter(available__lte=0) if self.value() == "nothing" else queryset
