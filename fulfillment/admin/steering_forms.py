"""What a person is asked before they hold, close short, move or split."""

from collections.abc import Sequence
from typing import Any

from django import forms

from fulfillment.admin.forms import MESSAGE_ROWS, Sent
from fulfillment.holds import REASON_WORDS
from fulfillment.models import FulfillmentOrder, Line

ASK_FIRST = (
    "Only places of ours are listed. “Ask where it can go” asks the store for all places; "
    "they are listed here when it has answered."
)


class HoldForm(forms.Form):
    """Why the work stops."""

    reason = forms.ChoiceField(label="Reason", choices=[(r, w) for r, w in REASON_WORDS.items()])
    message = forms.CharField(
        label="What should the next person know?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=MESSAGE_ROWS),
    )


class HoldAtStoreForm(HoldForm):
    """Why the store should hold it; the merchant reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].label = "Message to the merchant"


class CloseShortForm(forms.Form):
    """Why the rest will not be shipped."""

    message = forms.CharField(
        label="Message to the merchant",
        max_length=1000,
        widget=forms.Textarea(attrs=MESSAGE_ROWS),
        help_text="Say which units are missing, and why.",
    )


class MoveForm(forms.Form):
    """Where to, and which lines; all of them unless some are left out."""

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Sent) -> None:
        super().__init__(sent)
        order = orders[0]
        self.fields["place"] = forms.ChoiceField(
            label="To",
            choices=[("", "Place …"), *places(order).items()],
            help_text="" if order.destinations_read_at else ASK_FIRST,
        )
        lines = [line for line in order.lines.all() if line.open]
        self.fields["lines"] = forms.MultipleChoiceField(
            label="Lines that go there, whole",
            choices=[(line.pk, f"{line.open} × {line.sku or line.title}") for line in lines],
            initial=[line.pk for line in lines],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one line."},
        )


class SplitForm(forms.Form):
    """How many units of each line go into an order of their own."""

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Sent) -> None:
        super().__init__(sent)
        self.lines = [line for line in orders[0].lines.all() if line.open]
        for line in self.lines:
            self.fields[_name(line)] = forms.IntegerField(
                label=f"Of {line.open} × {line.sku or line.title}, into an order of their own",
                min_value=0,
                max_value=line.open,
                initial=0,
                error_messages={"max_value": f"Only {line.open} are open."},
            )

    def clean(self) -> dict[str, Any]:
        """Some units go, and some stay."""
        cleaned = super().clean() or self.cleaned_data
        going = sum(cleaned.get(_name(line)) or 0 for line in self.lines)
        if not self.errors and not 0 < going < sum(line.open for line in self.lines):
            raise forms.ValidationError("At least one unit must go, and at least one must stay.")
        return {"units": {line.pk: cleaned.get(_name(line)) or 0 for line in self.lines}}


def _name(line: Line) -> str:
    return f"units{line.pk}"


def places(order: FulfillmentOrder) -> dict[str, str]:
    """Return where it may go: our places at this store, and those that the store has named."""
    ours = order.store.locations.exclude(ref="").values_list("ref", "name")
    named = [(place["ref"], place["name"]) for place in order.destinations]
    return {ref: name for ref, name in [*ours, *named] if ref != order.location_ref}
