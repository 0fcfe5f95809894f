"""SKUs that orders and stores name and nobody knows: made products of, or mapped to one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.exports import ExportedList
from backoffice.readonly import ReadOnlyAdmin
from inventory import unknown_skus
from inventory.admin.filters import MerchantFilter
from inventory.admin.lookup import one_product
from inventory.models import Product, UnknownSku
from inventory.scope import of_my_merchants
from inventory.unknown_skus import Made


class MapForm(forms.Form):
    """Which product is meant."""

    product = forms.CharField(
        label="Product",
        max_length=255,
        help_text="Its SKU or barcode: type or scan it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, rows: Sequence[UnknownSku], sent: Mapping[str, Any] | None) -> None:
        super().__init__(sent)
        self._merchants = {row.merchant_id for row in rows}

    def clean_product(self) -> Product:
        """Find it among the products of the merchant."""
        return one_product(self.cleaned_data["product"], self._merchants)


def _as_result(made: Made) -> Result:
    return Result(made.done, [(str(row), why) for row, why in made.refused])


def _create(act: Act) -> Result:
    return _as_result(unknown_skus.create_products(act.seen, by=act.user))


def _map(act: Act) -> Result:
    return _as_result(unknown_skus.map_to(act.seen, act.cleaned["product"], by=act.user))


def _called(row: UnknownSku) -> str:
    return f"“{row.title}” " if row.title else ""


CREATE_PRODUCTS = ConfirmedAction(
    name="create_products",
    label="Create products",
    permission="inventory.add_product",
    done="Known to us from now on",
    why_not=lambda row: "",
    effect=lambda row: (
        f"It becomes a product {_called(row)}of {row.merchant}. What waits for it goes on."
    ),
    perform=_create,
    icon="add",
)
MAP_TO_PRODUCT = ConfirmedAction(
    name="map_sku",
    label="Map to a product",
    permission="inventory.change_product",
    done="Mapped",
    why_not=lambda row: "",
    effect=lambda row: (
        f"It becomes another SKU {_called(row)}of a product of {row.merchant}. Its stock is shared."
    ),
    perform=_map,
    form=lambda rows, sent: MapForm(rows, sent),
    icon="link",
)


@admin.register(UnknownSku)
class UnknownSkuAdmin(ExportedList, ConfirmedActionsMixin, ReadOnlyAdmin):
    """SKUs of the user's merchants that mean no product."""

    confirmed_actions = (CREATE_PRODUCTS, MAP_TO_PRODUCT)
    list_display = ("sku", "title", "merchant", "in_orders", "in_records", "seen_at")
    fields = readonly_fields = list_display
    list_filter = (MerchantFilter, "in_orders", "in_records")
    list_select_related = ("merchant",)
    list_per_page = 100
    sortable_by = ()
    search_fields = ("=sku",)
    search_help_text = "SKU"
    nothing = "Every SKU that orders and stores name is a product."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return those of merchants whose goods the user works with."""
        mine = UnknownSku.objects.filter(of_my_merchants(request.user))
        return mine.select_related("merchant").order_by("-seen_at", "-id")
