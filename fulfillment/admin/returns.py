"""Booking a return: how many units of each line came back, and in which condition."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from backoffice.actions import Act, ConfirmedAction, Result
from fulfillment import returns
from fulfillment.admin.forms import Sent
from fulfillment.models import FulfillmentOrder, Line
from fulfillment.models.returns import CONDITIONS
from fulfillment.returns import Back
from inventory import codes
from inventory.admin.arrival_forms import units_field
from platforms.errors import Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """One line on the page: what a scan finds it by, what is said of it, and its fields."""

    line: Line
    codes: Sequence[str]
    out: int
    words: str
    units: forms.BoundField
    condition: forms.BoundField


class ReturnForm(forms.Form):
    """What came back of one order."""

    scans = True
    submission = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note", required=False, max_length=500, help_text="Such as: it was too small."
    )
    more = forms.BooleanField(label="More came back than left, and I have seen it", required=False)

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Sent) -> None:
        super().__init__(sent)
        self.order = orders[0]
        self.lines = [line for line in self.order.lines.all() if line.shipped]
        self.out = returns.still_out(self.lines)
        self.products = returns.products_of(self.order, self.lines)
        for line in self.lines:
            name = line.sku or line.title
            self.fields[f"units{line.pk}"] = units_field(name)
            self.fields[f"condition{line.pk}"] = forms.ChoiceField(
                label=f"Condition of {name}",
                choices=CONDITIONS,
                required=False,
                widget=forms.Select(attrs={"aria-label": f"Condition of {name}"}),
            )

    def rows(self) -> list[Row]:
        """Return the lines of the page, each with its fields."""
        printed = codes.printed_on(product.pk for product in self.products.values())
        return [
            Row(
                line,
                [line.sku, *self._codes(line, printed)],
                self.out[line.pk],
                self._words(line),
                self[f"units{line.pk}"],
                self[f"condition{line.pk}"],
            )
            for line in self.lines
        ]

    def _codes(self, line: Line, printed: Any) -> list[str]:
        product = self.products.get(line.pk)
        return [product.sku, *printed.get(product.pk, [])] if product else []

    def _words(self, line: Line) -> str:
        before = line.shipped - self.out[line.pk]
        came = f", {before} came back before" if before else ""
        why_not = returns.why_not_booked(self.order, self.products.get(line.pk))
        return f"{line.shipped} left{came}. {why_not}".rstrip()

    def clean(self) -> dict[str, Any]:
        """Something came back; more than left only if somebody says so."""
        cleaned = super().clean() or self.cleaned_data
        came = {
            line.pk: Back(
                cleaned.get(f"units{line.pk}") or 0, cleaned.get(f"condition{line.pk}") or ""
            )
            for line in self.lines
        }
        if not self.errors and not any(each.units for each in came.values()):
            raise forms.ValidationError("Say how many units came back; at least one.")
        for line in self.lines:
            units, out = came[line.pk].units, self.out[line.pk]
            if units > out and not cleaned.get("more"):
                words = f"{returns.too_many(line, out, units)} Or tick the box below."
                self.add_error(f"units{line.pk}", words)
        cleaned["came"] = came
        return cleaned


def _book(act: Act) -> Result:
    result = Result()
    for order in FulfillmentOrder.objects.select_related("order").filter(pk__in=act.seen):
        try:
            returns.book(
                order.pk,
                act.cleaned["came"],
                submission=act.cleaned["submission"],
                note=act.cleaned["note"],
                more_than_shipped=act.cleaned["more"],
                by=act.user,
            )
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(order), str(refusal)))
    return result


def _effect(order: FulfillmentOrder) -> str:
    if order.warehouse is None:
        return returns.NO_WAREHOUSE
    return f"What came back is booked in {order.warehouse}. The store is not told."


RETURN = ConfirmedAction(
    name="book_return",
    label="Book a return",
    permission="inventory.receive_stock",
    done="Return booked",
    why_not=returns.why_not,
    effect=_effect,
    perform=_book,
    form=ReturnForm,
    icon="assignment_return",
    template="fulfillment/return.html",
    at_most=1,
)
