"""The actions on a parcel that has left: record what its carrier said, and correct its tracking."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from backoffice.actions import Act, ConfirmedAction, Result
from fulfillment import corrections, taking_back, tracking
from fulfillment.admin.forms import TRACKING_INPUT
from fulfillment.models import (
    FulfillmentOrder,
    Parcel,
    Shipment,
    ShipmentState,
    TrackingSource,
)
from fulfillment.models.shipments import TRACKING_STATUSES
from fulfillment.tracking import News
from platforms.errors import Refusal
from platforms.records import OTHER_CARRIER, ParcelRecord, TrackingStatus

KNOWN_ALREADY = "This was recorded already."
NOTHING_LEFT = "Nothing of it has left yet."
OFFERED = [pair for pair in TRACKING_STATUSES if pair[0] != TrackingStatus.UNKNOWN]


class TrackingForm(forms.Form):
    """Which parcel, what the carrier said, and when."""

    field_order = ("parcel",)
    status = forms.ChoiceField(
        label="What the carrier said",
        choices=[("", "…"), *OFFERED],
    )
    happened_at = forms.DateTimeField(
        label="When it happened",
        initial=timezone.now,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    message = forms.CharField(label="In the carrier’s words", required=False, max_length=500)

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Mapping[str, Any] | None) -> None:
        super().__init__(sent)
        parcels = Parcel.objects.filter(fulfillment_order__in=orders)
        self.fields["parcel"] = forms.ModelChoiceField(
            parcels, label="Parcel", empty_label=None, initial=parcels.first
        )
        self.order_fields(self.field_order)
        zone = timezone.get_current_timezone_name()
        self.fields["happened_at"].help_text = f"Date and time in {zone}."

    def clean_happened_at(self) -> datetime:
        """A time that has not come yet was mistyped."""
        at: datetime = self.cleaned_data["happened_at"]
        if at > timezone.now() + tracking.AHEAD:
            raise forms.ValidationError("This is in the future. Look at the date and the time.")
        return at


def _load(orders: Sequence[Any]) -> None:
    """Read which of the orders have parcels, all at once."""
    parcels = Parcel.objects.filter(fulfillment_order__in=orders)
    left = set(parcels.values_list("fulfillment_order_id", flat=True))
    for order in orders:
        order.has_left = order.pk in left


def _effect(order: FulfillmentOrder) -> str:
    """Say who will know, and for which of the statuses the platform has no word."""
    untold = tracking.why_untold(order.store, TrackingStatus.IN_TRANSIT)
    if untold:
        return f"The parcel’s story goes on here. {untold}"
    words = order.store.platform.tracking_words
    silent = [label for status, label in OFFERED if status not in words]
    return f"{order.store} is told, except of: {', '.join(silent).lower()}."


def _record(act: Act) -> Result:
    parcel = act.cleaned["parcel"]
    news = News(
        status=TrackingStatus(act.cleaned["status"]),
        happened_at=act.cleaned["happened_at"],
        source=TrackingSource.STAFF,
        message=act.cleaned["message"],
    )
    try:
        _, is_new = tracking.record(parcel.pk, news, by=act.user)
    except Refusal as refusal:
        return Result(refused=[(str(parcel), str(refusal))])
    return Result(1) if is_new else Result(refused=[(str(parcel), KNOWN_ALREADY)])


RECORD = ConfirmedAction(
    name="record_tracking",
    label="Record a carrier event",
    permission="fulfillment.ship",
    done="Recorded",
    load=_load,
    why_not=lambda order: "" if order.has_left else NOTHING_LEFT,
    effect=_effect,
    perform=_record,
    form=TrackingForm,
    # Each parcel has its own story.
    at_most=1,
    icon="where_to_vote",
)


class CorrectionForm(forms.Form):
    """Which parcel, and what is on its label."""

    field_order = ("parcel",)
    tracking_code = forms.CharField(
        label="Tracking code", max_length=100, widget=forms.TextInput(attrs=TRACKING_INPUT)
    )
    carrier_name = forms.CharField(
        label="Carrier’s name, if not listed", required=False, max_length=100
    )
    tracking_link = forms.URLField(
        label="Tracking link", required=False, max_length=1000, assume_scheme="https"
    )

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Mapping[str, Any] | None) -> None:
        super().__init__(sent)
        parcels = Parcel.objects.filter(fulfillment_order__in=orders)
        first = parcels.first()
        self.fields["parcel"] = forms.ModelChoiceField(
            parcels, label="Parcel", empty_label=None, initial=first
        )
        self.carriers = orders[0].store.carriers if orders else {}
        choices = sorted(self.carriers.items(), key=lambda pair: pair[1])
        self.fields["carrier"] = forms.ChoiceField(
            label="Carrier", choices=choices, initial=first.carrier if first else ""
        )
        self.order_fields(("parcel", "tracking_code", "carrier", "carrier_name", "tracking_link"))

    def wanted(self) -> ParcelRecord:
        """Return the parcel as it is to be, from a valid form."""
        code = self.cleaned_data["carrier"]
        listed = "" if code == OTHER_CARRIER else self.carriers.get(code, "")
        return ParcelRecord(
            carrier=code,
            tracking_code=self.cleaned_data["tracking_code"].strip(),
            tracking_link=self.cleaned_data["tracking_link"],
            carrier_name=self.cleaned_data["carrier_name"] or listed,
        )

    def clean(self) -> dict[str, Any]:
        """A carrier that is not listed needs a name. What is wanted is kept for the action."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("carrier") == OTHER_CARRIER and not cleaned.get("carrier_name"):
            self.add_error("carrier_name", "Write the name of this carrier.")
        if not self.errors:
            cleaned["wanted"] = self.wanted()
        return cleaned


def _correction_effect(order: FulfillmentOrder) -> str:
    platform = order.store.platform
    if platform.capabilities.corrects_tracking:
        return f"{order.store} is told the new code, and shows it to the customer."
    return f"{platform.label} cannot change it. {platform.by_hand.get('corrects_tracking', '')}"


def _correct(act: Act) -> Result:
    parcel = act.cleaned["parcel"]
    try:
        corrections.correct(parcel.pk, act.cleaned["wanted"], by=act.user)
    except Refusal as refusal:
        return Result(refused=[(str(parcel), str(refusal))])
    return Result(1)


CORRECT = ConfirmedAction(
    name="correct_tracking",
    label="Correct a tracking code",
    permission="fulfillment.ship",
    done="Corrected",
    load=_load,
    why_not=lambda order: "" if order.has_left else NOTHING_LEFT,
    effect=_correction_effect,
    perform=_correct,
    form=CorrectionForm,
    at_most=1,
    icon="edit_location",
    rare=True,
)


class ShipmentForm(forms.Form):
    """Which shipment has not left after all."""

    def __init__(self, orders: Sequence[FulfillmentOrder], sent: Mapping[str, Any] | None) -> None:
        super().__init__(sent)
        known = Shipment.objects.filter(
            fulfillment_order__in=orders, state=ShipmentState.CONFIRMED
        ).prefetch_related("parcels")
        self.fields["shipment"] = forms.TypedChoiceField(
            label="Shipment",
            coerce=int,
            choices=[
                (row.pk, ", ".join(parcel.tracking_code for parcel in row.parcels.all()))
                for row in known
            ],
        )


def _why_not_back(order: Any) -> str:
    return taking_back.why_not(order) or ("" if order.has_left else NOTHING_LEFT)


def _take_back(act: Act) -> Result:
    number = act.cleaned["shipment"]
    try:
        taking_back.ask(number, by=act.user)
    except Refusal as refusal:
        return Result(refused=[(f"Shipment {number}", str(refusal))])
    return Result(1)


TAKE_BACK = ConfirmedAction(
    name="take_shipment_back",
    label="Take a shipment back",
    permission="fulfillment.redirect",
    done="The store is being asked to take it back",
    load=_load,
    why_not=_why_not_back,
    effect=lambda order: (
        f"{order.store} is asked to take it back. When it has, its units are to be shipped again."
    ),
    perform=_take_back,
    form=ShipmentForm,
    at_most=1,
    icon="unarchive",
    danger=True,
    rare=True,
)
