"""Stock levels: how many units lie where, what can be done with them, and why they are so many."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from backoffice.actions import ConfirmedActionsMixin
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from inventory.admin import history, shown
from inventory.admin.filters import HowMuchFilter, ProductMerchantFilter, WarehouseFilter
from inventory.admin.level_actions import LEVEL_ACTIONS
from inventory.admin.scanning import ScannedList
from inventory.models import StockLevel
from inventory.scope import levels_of


@admin.register(StockLevel)
class StockLevelAdmin(ExportedList, ScannedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """What lies in the warehouses the user works in."""

    page_template = "inventory/level.html"
    nowhere = "There is no such stock in your warehouses."
    confirmed_actions = LEVEL_ACTIONS
    revision_field = "moves"
    list_display = (
        "product",
        "title",
        "merchant",
        "warehouse",
        "on_hand",
        "allocated",
        "standing",
        "moved_at",
    )
    export_columns = (
        "merchant",
        "warehouse",
        "product",
        "title",
        "on_hand",
        "allocated",
        "damaged",
        "quarantine",
        "safety",
        "buffer",
        "available",
        "uncovered",
        "moved_at",
    )
    list_filter = (WarehouseFilter, ProductMerchantFilter, HowMuchFilter)
    list_before_template = "inventory/by_file.html"
    file_kind = "levels"
    list_per_page = 50
    sortable_by = ()
    search_fields = ("product__sku",)
    product_column = "product"
    nothing = (
        "No stock yet. It begins with the first goods that are received, a count, a file, or "
        "“Enter stock” on the page of a product."
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the levels of the user's warehouses; every page and action starts here."""
        return levels_of(request.user).order_by("-id")

    def page_context(self, request: HttpRequest, level: StockLevel) -> dict[str, Any]:
        """Show a level, who holds its units, and its history."""
        return {
            "level": level,
            "standing": shown.standing(level),
            "possible": self.possible(request, level),
            "shown": shown.with_holders([level], lambda level: ()),
            "history_title": f"Why is on hand {level.on_hand}?",
            **history.context(request, [level.pk]),
        }

    @admin.display(description="Title")
    def title(self, level: StockLevel) -> str:
        """The product's title."""
        return level.product.title

    @admin.display(description="Merchant")
    def merchant(self, level: StockLevel) -> str:
        """Whose goods they are."""
        return str(level.product.merchant)

    @admin.display(description="Available")
    def standing(self, level: StockLevel) -> SafeString:
        """How it stands, coloured."""
        return shown.standing(level)
