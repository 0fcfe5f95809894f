"""What came: for each product on the page how many units, typed or scanned."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Case, F, Value, When

from inventory import codes
from inventory.models import Inbound, InboundLine, Product, Transfer, TransferLine
from inventory.pasting import MOST_UNITS
from inventory.receiving import Arrived

Sent = Mapping[str, Any] | None
# Two fields for each: more no browser sends at once. What is still to come stands first.
LINES_SHOWN = 400
NO_NUMBER = "This is no number of units. Was a barcode scanned into it?"
UNITS = re.compile(r"units(\d{1,18})")


def units_field(
    label: str, at_most: int = MOST_UNITS, too_many: str = NO_NUMBER, *, spoken: str = ""
) -> forms.Field:
    """Return a field for a number of units; empty stands for none. `spoken` is for one that
    stands on the page without its label.
    """
    attributes = {"inputmode": "numeric", "autocomplete": "off"}
    attributes |= {"aria-label": spoken} if spoken else {}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=at_most,
        error_messages={"max_value": too_many, "invalid": NO_NUMBER},
        widget=forms.NumberInput(attrs=attributes),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One product on the page: what a scan finds it by, what is said of it, and its fields."""

    product: Product
    codes: Sequence[str]
    words: str
    to_come: int
    units: forms.BoundField
    damaged: forms.BoundField | None = None


class ReceiveForm(forms.Form):
    """What came of an inbound. Products that nobody announced are added by scanning them."""

    scans = True
    submission = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note", required=False, max_length=500, help_text="Such as: one box was wet."
    )

    def __init__(self, inbounds: Sequence[Inbound], sent: Sent) -> None:
        super().__init__(sent)
        self.inbound = inbounds[0]
        self.lines = list(_to_come_first(self.inbound)[:LINES_SHOWN])
        self.more = max(0, self.inbound.lines.count() - LINES_SHOWN)
        self.others = _others(self.inbound, {line.product_id for line in self.lines}, sent or {})
        for product in self._products():
            self.fields[f"units{product.pk}"] = units_field(product.sku)
            label = f"Damaged of {product.sku}"
            self.fields[f"damaged{product.pk}"] = units_field(label, spoken=label)

    def _products(self) -> list[Product]:
        return [*(line.product for line in self.lines), *self.others]

    def rows(self) -> list[Row]:
        """Return the products of the page, each with its fields."""
        known = {line.product_id: line for line in self.lines}
        printed = codes.printed_on(product.pk for product in self._products())
        return [
            Row(
                product,
                [product.sku, *printed.get(product.pk, [])],
                how_it_stands(known[product.pk]) if product.pk in known else "Not expected",
                to_come(known[product.pk]) if product.pk in known else 0,
                self[f"units{product.pk}"],
                self[f"damaged{product.pk}"],
            )
            for product in self._products()
        ]

    def clean(self) -> dict[str, Any]:
        """Something came, and no more of it is damaged than came."""
        cleaned = super().clean() or self.cleaned_data
        came = {product.pk: self._came(cleaned, product.pk) for product in self._products()}
        if not self.errors and not any(each.units for each in came.values()):
            raise forms.ValidationError("Say how many units came; at least one.")
        by_product = {line.product_id: line.pk for line in self.lines}
        cleaned["arrived"] = {
            by_product[pk]: each for pk, each in came.items() if pk in by_product and each.units
        }
        cleaned["unexpected"] = {pk: each for pk, each in came.items() if pk not in by_product}
        return cleaned

    def _came(self, cleaned: Mapping[str, Any], pk: int) -> Arrived:
        units, damaged = cleaned.get(f"units{pk}") or 0, cleaned.get(f"damaged{pk}") or 0
        if damaged > units and f"units{pk}" not in self.errors:
            self.add_error(f"damaged{pk}", f"{damaged} of the {units} that came?")
        return Arrived(units, damaged)


def _to_come_first(inbound: Inbound) -> Any:
    rank = Case(When(received__lt=F("expected"), then=Value(0)), default=Value(1))
    return inbound.lines.select_related("product").order_by(rank, "pk")


def _others(inbound: Inbound, shown: Iterable[int], sent: Mapping[str, Any]) -> list[Product]:
    """Return the products that were scanned and stand in no line of the page."""
    named = {int(match[1]) for name in sent if (match := UNITS.fullmatch(name))} - set(shown)
    mine = Product.objects.filter(merchant=inbound.merchant_id, pk__in=named)
    return list(mine.order_by("pk")[:LINES_SHOWN])


def to_come(line: InboundLine) -> int:
    """Return how many units of a line have not come yet."""
    return max(0, line.expected - line.received)


def how_it_stands(line: InboundLine) -> str:
    """Say how far a line is: what was expected, what came, what is missing or too many."""
    over = line.received - line.expected
    if not line.expected:
        return f"Not expected; {line.received} came"
    if over > 0:
        return f"{line.expected} expected, {line.received} came: {over} more than expected"
    if over == 0:
        return f"{line.expected} expected, all came"
    came = f"{line.received} came, " if line.received else ""
    return f"{line.expected} expected, {came}{-over} still to come"


class ArrivalForm(forms.Form):
    """What arrived of a transfer. What did not arrive has to be said, not left out."""

    scans = True
    missing = forms.BooleanField(
        label="What is not in these figures did not arrive", required=False
    )

    def __init__(self, transfers: Sequence[Transfer], sent: Sent) -> None:
        super().__init__(sent)
        self.lines = list(transfers[0].lines.select_related("product"))
        for line in self.lines:
            too_many = f"Only {line.quantity} were sent."
            self.fields[_name(line)] = units_field(line.product.sku, line.quantity, too_many)

    def rows(self) -> list[Row]:
        """Return the lines of the page, each with its field."""
        printed = codes.printed_on(line.product_id for line in self.lines)
        return [
            Row(
                line.product,
                [line.product.sku, *printed.get(line.product_id, [])],
                f"{line.quantity} were sent",
                line.quantity,
                self[_name(line)],
            )
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """Ask again where something is missing: it is gone from both warehouses then."""
        cleaned = super().clean() or self.cleaned_data
        arrived = {line.pk: cleaned.get(_name(line)) or 0 for line in self.lines}
        gone = missing_of((line, line.quantity - arrived[line.pk]) for line in self.lines)
        if gone and not self.errors and not cleaned.get("missing"):
            self.add_error("missing", f"Missing: {gone}. Count again, or tick this box.")
        cleaned["arrived"] = arrived
        return cleaned


def missing_of(lines: Iterable[tuple[TransferLine, int]], at_most: int = 5) -> str:
    """Say how many of which products are missing; empty where none is."""
    gone = [f"{units} of {line.product}" for line, units in lines if units > 0]
    more = len(gone) - at_most
    return ", ".join(gone[:at_most]) + (f" and {more} more products" if more > 0 else "")


def _name(line: TransferLine) -> str:
    return f"units{line.product_id}"
