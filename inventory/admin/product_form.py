"""The form of a product with its barcodes and other SKUs; all of them are the merchant's texts."""

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldAdminURLInputWidget

from inventory.models import Barcode, Product, SkuAlias

EMPTY = "Write the SKU."


class ExactField(forms.CharField):
    """A SKU: kept as it is written, but for blanks around one that is new."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=255, strip=False, widget=UnfoldAdminTextInputWidget(), **kwargs)

    def clean_beside(self, value: str, known: str) -> str:
        """Return what is kept; what a store wrote with blanks around it stays so."""
        kept = value if value == known else value.strip()
        if not kept:
            raise forms.ValidationError(EMPTY)
        return kept


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is known of a product."""

    sku = ExactField(
        label="SKU", help_text="As the merchant writes it: capital letters and spaces count."
    )
    image_url = forms.URLField(
        label="Image link",
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text="Where a picture of it can be seen. It is linked, and never fetched by us.",
        widget=UnfoldAdminURLInputWidget,
    )

    class Meta:
        model = Product
        fields = "__all__"  # noqa: DJ007 - the screen names them

    def clean_sku(self) -> str:
        """Take blanks around it off, unless it was known with them."""
        field: Any = self.fields["sku"]
        kept: str = field.clean_beside(self.cleaned_data["sku"], self.initial.get("sku", ""))
        return kept

    def clean(self) -> dict[str, Any]:
        """Compare with the products of the merchant also where that is not asked any more."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and "sku" in cleaned:
            others = Product.objects.filter(merchant=self.instance.merchant_id, sku=cleaned["sku"])
            if others.exclude(pk=self.instance.pk).exists():
                self.add_error("sku", "This merchant has a product with this SKU already.")
        return cleaned


class _PartForm(forms.ModelForm):  # type: ignore[type-arg]
    def _get_validation_exclusions(self) -> set[str]:
        """The merchant is that of the product; it counts when codes are compared."""
        excluded = set(super()._get_validation_exclusions())  # type: ignore[misc]
        return excluded - {"merchant"} if self.instance.merchant_id else excluded


class BarcodeForm(_PartForm):
    """One code."""

    code = forms.CharField(
        max_length=100, widget=UnfoldAdminTextInputWidget(attrs={"aria-label": "Barcode"})
    )

    class Meta:
        model = Barcode
        fields = ("code",)


class AliasForm(_PartForm):
    """One other SKU."""

    sku = ExactField(label="Other SKU")

    class Meta:
        model = SkuAlias
        fields = ("sku",)

    def clean_sku(self) -> str:
        """Refuse the SKU of a product: that one outweighs it, and nobody would see why."""
        field: Any = self.fields["sku"]
        sku: str = field.clean_beside(self.cleaned_data["sku"], self.initial.get("sku", ""))
        same = Product.objects.filter(merchant=self.instance.merchant_id, sku=sku).first()
        if same and same.pk == self.instance.product_id:
            raise forms.ValidationError("It is the SKU of this product itself.")
        if same:
            raise forms.ValidationError(
                f"It is the SKU of a product of its own: {same.title or same.sku}. "
                "Take another one, or give that product another SKU first."
            )
        return sku


class OfMerchant(BaseInlineFormSet):  # type: ignore[type-arg]
    """Parts of a product belong to its merchant."""

    def full_clean(self) -> None:
        """The product's own form has been read by now, so its merchant is known."""
        for form in self.forms:
            form.instance.merchant_id = self.instance.merchant_id
        super().full_clean()


class _PartInline(TabularInline):
    formset = OfMerchant
    extra = 0
    tab = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see the product may see its parts."""
        return bool(request.user.has_perm("inventory.view_product"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Parts are part of the product: a new one is added with them."""
        permission = "change_product" if obj else "add_product"
        return bool(request.user.has_perm(f"inventory.{permission}"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for adding."""
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for adding."""
        return self.has_add_permission(request, obj)


class BarcodeInline(_PartInline):
    """The codes that are printed on it."""

    model = Barcode
    form = BarcodeForm
    fields = ("code",)


class AliasInline(_PartInline):
    """Other SKUs under which stores sell it."""

    model = SkuAlias
    form = AliasForm
    fields = ("sku",)
