"""What a person is asked before an action: a message, a reason, parcels and quantities."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from fulfillment import settling, usual
from fulfillment.admin import words
from fulfillment.models import FulfillmentOrder, Line, Request
from fulfillment.models.requests import REASONS
from fulfillment.shipments import Leaving
from platforms.records import OTHER_CARRIER, ParcelRecord, RequestKind

PARCELS = 5
MESSAGE_ROWS = {"rows": 3}
TRACKING_INPUT = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
    # scan.js leads from one to the next.
    "data-scan": "",
}
Sent = Mapping[str, Any] | None


class MessageForm(forms.Form):
    """A message to the merchant, if one is wanted."""

    message = forms.CharField(
        label="Message to the merchant",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=MESSAGE_ROWS),
    )


class NeededMessageForm(MessageForm):
    """A message that the merchant must get."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].required = True


class HowForm(forms.Form):
    """How a problem was settled."""

    how = forms.CharField(label="How was it settled?", max_length=1000)


class RejectForm(forms.Form):
    """Why we will not ship. Left empty, each order gets the reason that its problems suggest."""

    reason = forms.ChoiceField(label="Reason", choices=REASONS)
    message = forms.CharField(
        label="Message to the merchant",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=MESSAGE_ROWS),
        help_text="The merchant reads it beside the reason. Say what must be repaired.",
    )

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Sent) -> None:
        suggested = _suggestions(orders)
        first = suggested[0] if suggested else ("", "")
        same = all(suggestion == first for suggestion in suggested)
        initial = {"reason": first[0], "message": first[1]} if same else {}
        super().__init__(sent, initial=initial)
        if not any(settling.is_told(order, RequestKind.FULFILL) for order in orders):
            self.fields["message"].label = "Note"
            self.fields[
                "message"
            ].help_text = "It is kept here. Nothing sends it: whoever tells the merchant needs it."
        if len(suggested) == len(orders) > 1:
            choices = [("", "As suggested for each order"), *REASONS]
            self.fields["reason"] = forms.ChoiceField(
                label="Reason", choices=choices, required=False
            )
            self.initial = {}


def _suggestions(orders: Sequence[FulfillmentOrder]) -> list[tuple[str, str]]:
    requests = Request.objects.filter(
        fulfillment_order__in=orders, kind=RequestKind.FULFILL, closed_at=None
    ).exclude(suggested_reason="")
    return list(requests.values_list("suggested_reason", "suggested_message"))


class ShipForm(forms.Form):
    """The parcels of one order, and how many units of each line are in them."""

    def __init__(
        self, order: FulfillmentOrder, sent: Sent, *, usual_carrier: str, notify: bool
    ) -> None:
        super().__init__(sent, prefix=f"order{order.pk}")
        self.order = order
        self.usual_carrier = usual_carrier
        self.cash_due = words.cash_due(order)
        self.lines = [line for line in order.lines.all() if line.open]
        platform = order.store.platform
        self._add_parcels(order.store.carriers, several=platform.capabilities.several_parcels)
        for line in self.lines:
            self.fields[_quantity_name(line)] = forms.IntegerField(
                label=f"{line.sku or line.title}",
                min_value=0,
                max_value=line.open,
                initial=line.open,
                error_messages={"max_value": f"Only {line.open} are left to ship."},
            )
        if platform.capabilities.customer_notice:
            self.fields["notify"] = forms.BooleanField(
                label="The store tells the customer", required=False, initial=notify
            )
        # Sent twice, it is one shipment.
        self.fields["submission"] = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput())

    def _add_parcels(self, carriers: Mapping[str, str], *, several: bool) -> None:
        choices = [("", "Carrier …"), *sorted(carriers.items(), key=lambda pair: pair[1])]
        self.parcel_numbers = range(PARCELS if several else 1)
        for number in self.parcel_numbers:
            which = f" of parcel {number + 1}" if number else ""
            self.fields[f"tracking_code{number}"] = forms.CharField(
                label=f"Tracking code{which}",
                required=number == 0,
                max_length=100,
                widget=forms.TextInput(attrs=TRACKING_INPUT),
            )
            self.fields[f"carrier{number}"] = forms.ChoiceField(
                label=f"Carrier{which}",
                choices=choices,
                required=False,
                initial=self.usual_carrier if number == 0 else "",
            )
            self.fields[f"carrier_name{number}"] = forms.CharField(
                label=f"Carrier’s name{which}, if not listed", required=False, max_length=100
            )
            self.fields[f"tracking_link{number}"] = forms.URLField(
                label=f"Tracking link{which}",
                required=False,
                max_length=1000,
                assume_scheme="https",
            )

    def parcel_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each parcel, for the page."""
        names = ("tracking_code", "carrier", "carrier_name", "tracking_link")
        return [[self[f"{name}{number}"] for name in names] for number in self.parcel_numbers]

    def further_parcels_used(self) -> bool:
        """Tell whether more than the first parcel is filled in, so that the page shows them."""
        return any(field.errors or field.value() for row in self.parcel_rows()[1:] for field in row)

    def quantity_rows(self) -> list[tuple[Line, forms.BoundField]]:
        """Return each line with its field, for the page."""
        return [(line, self[_quantity_name(line)]) for line in self.lines]

    def clean(self) -> dict[str, Any]:
        """Every parcel needs a carrier; scanners leave blanks around a code."""
        cleaned = super().clean() or self.cleaned_data
        for number in self.parcel_numbers:
            if cleaned.get(f"tracking_code{number}") and not (
                cleaned.get(f"carrier{number}") or cleaned.get(f"carrier_name{number}")
            ):
                self.add_error(f"carrier{number}", "Choose the carrier of this parcel.")
            elif cleaned.get(f"carrier{number}") == OTHER_CARRIER and not cleaned.get(
                f"carrier_name{number}"
            ):
                self.add_error(f"carrier_name{number}", "Write the name of this carrier.")
        return cleaned

    def leaving(self) -> Leaving:
        """Return what leaves, from a valid form."""
        return Leaving(
            quantities={
                line.pk: self.cleaned_data[_quantity_name(line)] or 0 for line in self.lines
            },
            parcels=[
                self._parcel(number)
                for number in self.parcel_numbers
                if self.cleaned_data[f"tracking_code{number}"]
            ],
            notify=self.cleaned_data.get("notify", False),
            submission=self.cleaned_data["submission"],
        )

    def _parcel(self, number: int) -> ParcelRecord:
        carrier = self.cleaned_data[f"carrier{number}"]
        listed = "" if carrier == OTHER_CARRIER else self.order.store.carriers.get(carrier, "")
        return ParcelRecord(
            carrier=carrier or OTHER_CARRIER,
            tracking_code=self.cleaned_data[f"tracking_code{number}"],
            tracking_link=self.cleaned_data[f"tracking_link{number}"],
            carrier_name=self.cleaned_data[f"carrier_name{number}"] or listed,
        )


class ShipForms(forms.Form):
    """One ShipForm for each order on the page; valid when all of them are."""

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Sent) -> None:
        super().__init__(sent)
        carriers, notices = usual.carriers(orders), usual.customer_notices(orders)
        self.forms = [
            ShipForm(
                order,
                sent,
                usual_carrier=carriers.get(usual.route(order), usual.NONE).code,
                notify=notices.get(order.pk, True),
            )
            for order in orders
        ]

    def is_valid(self) -> bool:
        """Tell whether every order's form is valid; all are checked, to show all errors."""
        valid = [form.is_valid() for form in self.forms]
        return all(valid)

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """Return what leaves, by the id of the order."""
        return {str(form.order.pk): form.leaving() for form in self.forms}

    @cleaned_data.setter
    def cleaned_data(self, value: dict[str, Any]) -> None:
        """Django's own cleaning has nothing to keep here."""


def _quantity_name(line: Line) -> str:
    return f"quantity{line.pk}"
