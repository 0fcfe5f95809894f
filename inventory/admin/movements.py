"""Stock movements: every change of a level, for whoever wants to look through them or take them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backoffice.exports import ExportedList
from backoffice.readonly import ReadOnlyAdmin
from inventory.admin.filters import WarehouseFilter
from inventory.admin.history import changes_of
from inventory.admin.search import HELP, find
from inventory.models import StockMovement
from inventory.scope import levels_of
from locations.models import works_everywhere


class MovedInFilter(WarehouseFilter):
    """Narrows the list to what moved in one warehouse."""

    column = "level__warehouse"


@admin.register(StockMovement)
class StockMovementAdmin(ExportedList, ReadOnlyAdmin):
    """What moved in the warehouses the user works in."""

    list_display = ("at", "kind", "sku", "place", "changes", "cause", "reason", "by")
    export_columns = (
        "at",
        "kind",
        "merchant",
        "place",
        "sku",
        "on_hand",
        "on_hand_before",
        "allocated",
        "damaged",
        "quarantine",
        "safety",
        "buffer",
        "cause",
        "reason",
        "by",
    )
    list_filter = (MovedInFilter, "kind")
    list_per_page = 50
    sortable_by = ()
    search_fields = ("level__product__sku",)
    search_help_text = HELP
    nothing = "Nothing has moved yet."

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return what moved in the user's warehouses."""
        rows = StockMovement.objects.select_related(
            "level__product__merchant", "level__warehouse", "by"
        ).order_by("-id")
        if works_everywhere(request.user):
            return rows
        return rows.filter(level__in=levels_of(request.user).order_by().values("pk"))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search by the product that moved."""
        term = search_term.strip()
        if not term:
            return queryset, False
        levels = levels_of(request.user).order_by().filter(product__in=find(term))
        return queryset.filter(level__in=list(levels.values_list("pk", flat=True))), False

    @admin.display(description="SKU")
    def sku(self, movement: StockMovement) -> str:
        """What moved."""
        return movement.level.product.sku

    @admin.display(description="Merchant")
    def merchant(self, movement: StockMovement) -> str:
        """Whose it is."""
        return str(movement.level.product.merchant)

    @admin.display(description="Warehouse")
    def place(self, movement: StockMovement) -> str:
        """Where it moved."""
        return str(movement.level.warehouse)

    @admin.display(description="Change")
    def changes(self, movement: StockMovement) -> str:
        """From what to what."""
        return ", ".join(changes_of(movement))
