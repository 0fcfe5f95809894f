"""The products of our merchants, and what lies where of each."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from backoffice.actions import ConfirmedAction, ConfirmedActionsMixin
from backoffice.exports import ExportedList
from backoffice.lists import CountedOnce
from backoffice.pagination import CappedPaginator
from inventory import unknown_skus
from inventory.admin import history, shown
from inventory.admin.filters import MerchantFilter
from inventory.admin.product_actions import ENTER_STOCK, for_user
from inventory.admin.product_form import AliasInline, BarcodeInline, ProductForm
from inventory.admin.scanning import ScannedList
from inventory.models import Product, StockLevel
from inventory.scope import levels_of, of_my_merchants

SIZE = ("length_mm", "width_mm", "height_mm")
CUSTOMS = ("hs_code", "origin", "customs_text", "customs_value", "customs_currency")


@admin.register(Product)
class ProductAdmin(ExportedList, ScannedList, ConfirmedActionsMixin, ModelAdmin):
    """What we know of each SKU. An order with another one is found to have a problem."""

    form = ProductForm
    inlines = (BarcodeInline, AliasInline)
    confirmed_actions = (ENTER_STOCK,)
    change_form_outer_before_template = "inventory/product.html"
    change_form_outer_after_template = "inventory/product_history.html"
    list_display = ("sku", "title", "merchant", "counted", "available")
    export_columns = (
        "merchant",
        "sku",
        "title",
        "codes",
        "other_skus",
        "weight_grams",
        *SIZE,
        *CUSTOMS,
        "image_url",
        "counted",
        "available",
    )
    list_filter = (MerchantFilter, "counted")
    list_select_related = ("merchant",)
    list_fullwidth = True
    list_before_template = "inventory/by_file.html"
    file_kind = "products"
    list_per_page = 50
    # Any other order would be worked out over all products.
    ordering = ("merchant_id", "sku")
    sortable_by = ()
    search_fields = ("sku",)
    show_full_result_count = False
    paginator = CappedPaginator
    fieldsets = (
        (None, {"fields": ("merchant", "sku", "title", "image_url", "image")}),
        ("Weight and size", {"fields": ("weight_grams", SIZE)}),
        ("Customs", {"fields": CUSTOMS}),
    )
    nothing = (
        "No products yet. Add one, send a file, or make them of the SKUs that orders and stores "
        "name: see Unknown SKUs."
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the products of merchants whose goods the user works with."""
        mine = Prefetch("levels", levels_of(request.user).order_by("pk"), to_attr="mine")
        rows = Product.objects.filter(of_my_merchants(request.user)).prefetch_related(
            mine, "barcodes", "aliases"
        )
        return rows.order_by(*self.ordering)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedOnce]:
        """Return the list that says once how many there are."""
        return CountedOnce

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders and the books name it for ever."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody's goods become those of somebody else."""
        return ("merchant", "image") if obj else ("image",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Link the picture of a product that has one."""
        if obj and obj.image_url:
            return self.fieldsets
        first = (None, {"fields": ("merchant", "sku", "title", "image_url")})
        return (first, *self.fieldsets[1:])

    def allowed_actions(self, request: HttpRequest) -> list[ConfirmedAction]:
        """Offer the warehouses of this user and no others."""
        return [for_user(action, request.user) for action in super().allowed_actions(request)]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Map what names its SKUs, where these have changed."""
        super().save_related(request, form, formsets, change)
        others = any(f.model.__name__ == "SkuAlias" and f.has_changed() for f in formsets)
        if not change or others or "sku" in form.changed_data:
            unknown_skus.learn_of(form.instance)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show its stock above the form, and the history below it."""
        if product := context.get("original"):
            context |= self._stock(request, product)
        return super().render_change_form(request, context, *args, **kwargs)

    def _stock(self, request: HttpRequest, product: Product) -> dict[str, Any]:
        if not request.user.has_perm("inventory.view_stocklevel"):
            return {}
        levels = list(levels_of(request.user).filter(product=product).order_by("warehouse__name"))
        chosen = request.GET.get("warehouse", "")
        asked = [level for level in levels if not chosen or str(level.warehouse_id) == chosen]
        return {
            "shows_stock": True,
            "shown": shown.with_holders(levels, lambda level: _links(request, level)),
            "history_title": f"Why is on hand {sum(level.on_hand for level in asked)}?",
            "history_warehouses": [level.warehouse for level in levels],
            "history_warehouse": int(chosen) if chosen.isdecimal() else None,
            **history.context(request, [level.pk for level in asked]),
        }

    @admin.display(description="Available")
    def available(self, product: Product) -> SafeString | str:
        """How many may still be promised, in all warehouses of the user."""
        levels: list[StockLevel] = product.mine  # type: ignore[attr-defined]
        total = str(sum(level.available for level in levels)) if levels else ""
        if any(level.uncovered > 0 for level in levels):
            return format_html('<span class="xd-error">{}</span>', f"{total}, oversold")
        return total

    @admin.display(description="Barcodes")
    def codes(self, product: Product) -> str:
        """All of them."""
        return "; ".join(barcode.code for barcode in product.barcodes.all())

    @admin.display(description="Other SKUs")
    def other_skus(self, product: Product) -> str:
        """All of them."""
        return "; ".join(alias.sku for alias in product.aliases.all())

    @admin.display(description="Image")
    def image(self, product: Product) -> SafeString:
        """Where it is; it is not fetched by us."""
        words = '<a href="{}" rel="noreferrer noopener" target="_blank">Open the image</a>'
        return format_html(words, product.image_url)


def _links(request: HttpRequest, level: StockLevel) -> list[tuple[ConfirmedAction, str]]:
    """Return what this user can do with the stock in one warehouse."""
    screen: Any = admin.site.get_model_admin(StockLevel)
    return list(screen.possible(request, level))
