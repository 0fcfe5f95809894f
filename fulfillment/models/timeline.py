"""Event and Hold: what happened to a fulfillment order, and what stops it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fulfillment.models.orders import FulfillmentOrder


class Actor(models.TextChoices):
    """Who did it, when it was no member of staff."""

    STORE = "store", "Store"
    STAFF = "staff", "Staff"
    RULE = "rule", "Rule"
    CROSSDOCK = "crossdock", "Crossdock"


class Event(models.Model):
    """One line of the timeline. Never changed, never deleted."""

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=20, choices=Actor.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Hold(models.Model):
    """A reason not to work on a fulfillment order. Several may apply at once.

    Those of the store come and go as it lists them; those of staff and of Crossdock itself are
    released here.
    """

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.CASCADE, related_name="holds"
    )
    actor = models.CharField(max_length=20, choices=Actor.choices, default=Actor.STORE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=100)
    message = models.TextField(blank=True)
    since = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fulfillment_order", "actor", "reason"],
                condition=Q(released_at__isnull=True),
                name="hold_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.message else self.reason
