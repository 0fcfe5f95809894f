"""A form with lines as text: scanned, typed or pasted, a SKU and a quantity on each."""

from collections.abc import Iterable
from typing import Any

from django import forms

from inventory import pasting
from inventory.models import Product
from platforms.errors import Refusal

EXAMPLE = "TENT-2P-GRN 12\nMUG-RED-350 48"


class LinesForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of something that has lines; `units` says after cleaning what they name."""

    lines = forms.CharField(
        label="Products and units",
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": EXAMPLE, "spellcheck": "false"}),
        help_text=(
            "On each line a SKU or barcode, a blank, and how many. Paste two columns of a "
            "spreadsheet, or scan into the field above: each scan adds one."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units: dict[Product, int] = {}

    def clean(self) -> dict[str, Any]:
        """Find the products, all of one merchant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("merchant") and cleaned.get("lines"):
            try:
                self.units = pasting.quantities(cleaned["lines"], cleaned["merchant"])
            except Refusal as refusal:
                self.add_error("lines", str(refusal))
        return cleaned


def as_text(lines: Iterable[tuple[str, int]]) -> str:
    """Write lines as the form takes them."""
    return "\n".join(f"{sku} {units}" for sku, units in lines)
