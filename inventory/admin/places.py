"""Whose goods and which warehouses a person may choose: filters and fields offer no others."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from locations.models import Merchant, Store, Warehouse, ids_worked_by, works_everywhere


def merchants_of(user: Any) -> QuerySet[Merchant]:
    """Return the merchants whose stores ship from the warehouses the user works in."""
    if works_everywhere(user):
        return Merchant.objects.all()
    stores = Store.objects.filter(locations__warehouse__in=ids_worked_by(user))
    return Merchant.objects.filter(pk__in=stores.values("merchant"))


def offer(form: Any, name: str, rows: QuerySet[Any]) -> None:
    """Let a form's field choose among these rows; the only one is chosen already."""
    form.fields[name].queryset = rows
    if not form.initial.get(name) and form.fields[name].required:
        only = list(rows[:2])
        form.initial[name] = only[0].pk if len(only) == 1 else None


class _Chosen(admin.SimpleListFilter):
    """A filter by the id of a row."""

    fields: tuple[str, ...] = ()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen row; an odd number finds nothing."""
        value = self.value() or ""
        if not (value.isascii() and value.isdecimal()):
            return queryset
        wanted = Q()
        for name in self.fields:
            wanted |= Q((name, value))
        return queryset.filter(wanted)


class MerchantFilter(_Chosen):
    """Narrows a list to one merchant."""

    title = "merchant"
    parameter_name = "merchant"
    fields: tuple[str, ...] = ("merchant",)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the merchants of the user's warehouses."""
        return [
            (str(pk), name) for pk, name in merchants_of(request.user).values_list("pk", "name")
        ]


class WarehouseFilter(_Chosen):
    """Narrows a list to one warehouse."""

    title = "warehouse"
    parameter_name = "warehouse"
    fields: tuple[str, ...] = ("warehouse",)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the warehouses the user works in."""
        mine = Warehouse.objects.worked_by(request.user)
        return [(str(pk), name) for pk, name in mine.values_list("pk", "name")]


class EitherEndFilter(WarehouseFilter):
    """Narrows transfers to those that leave or reach one warehouse."""

    fields = ("source", "target")
