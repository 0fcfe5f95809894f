"""TrackingEvent: something that a carrier said about a parcel."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from fulfillment.models.shipments import TRACKING_STATUSES, Parcel


class TrackingSource(models.TextChoices):
    """Whom we have it from."""

    STAFF = "staff", "Staff"
    STORE = "store", "Store"
    CARRIER_FILE = "carrier_file", "Carrier’s file"


class TrackingEvent(models.Model):
    """What a carrier said, kept as it was heard.

    `upstream_status` is the word of the store it was read from. `told_at` is when the store
    confirmed that it knows an event of ours, and `untold_why` the reason where it does not.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=30, choices=TRACKING_STATUSES)
    upstream_status = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField()
    message = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=20, choices=TrackingSource.choices)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ref = models.CharField("number at the store", max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)
    untold_why = models.TextField(blank=True)

    class Meta:
        ordering = ["-happened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "source", "status", "upstream_status", "happened_at"],
                name="tracking_event_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.words}, {self.happened_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> str:
        """What was said; a word of the store's that we do not know is shown as it came."""
        known = self.get_status_display()
        return f"{known}: “{self.upstream_status}”" if self.status == "unknown" else known

    @property
    def place(self) -> str:
        """Where it happened, as far as we know."""
        return " ".join(
            part for part in (self.postcode, self.city, self.region, self.country) if part
        )
