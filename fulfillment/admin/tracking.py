"""The action that records what a carrier said about a parcel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from backoffice.actions import Act, ConfirmedAction, Result
from fulfillment import tracking
from fulfillment.models import FulfillmentOrder, Parcel, TrackingSource
from fulfillment.models.shipments import TRACKING_STATUSES
from fulfillment.tracking import News
from platforms.errors import Refusal
from platforms.records import TrackingStatus

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
