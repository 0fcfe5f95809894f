"""What is asked before a count begins: where, whose goods, and perhaps which."""

import uuid
from typing import Any

from django import forms

from inventory import pasting
from inventory.admin.places import merchants_of, offer
from inventory.models import Product
from locations.models import Merchant, Warehouse
from platforms.errors import Refusal


class BeginForm(forms.Form):
    """A new count. Without a list of products, all that the warehouse has a level of."""

    submission = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    warehouse = forms.ModelChoiceField(Warehouse.objects.none())
    merchant = forms.ModelChoiceField(
        Merchant.objects.none(), required=False, empty_label="The goods of all merchants"
    )
    products = forms.CharField(
        required=False,
        label="Only these products",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Scan, type or paste SKUs or barcodes, one a line. Empty: all products.",
    )
    note = forms.CharField(required=False, max_length=200, help_text="What is counted, and why.")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "warehouse", Warehouse.objects.worked_by(user))
        offer(self, "merchant", merchants_of(user))

    def clean(self) -> dict[str, Any]:
        """Find the products; a code means something only within one merchant's goods."""
        cleaned = super().clean() or self.cleaned_data
        text, merchant = cleaned.get("products", ""), cleaned.get("merchant")
        chosen: list[Product] = []
        if text.strip() and merchant:
            try:
                chosen = pasting.products(text, merchant)
            except Refusal as refusal:
                self.add_error("products", str(refusal))
        elif text.strip() and "merchant" not in self.errors:
            self.add_error("merchant", "Choose the merchant of these products.")
        cleaned["chosen"] = chosen
        return cleaned
