"""Enquiry and Showing: what a store that asks us was shown, so that nothing is skipped or lost."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from locations.models import Store


class About(models.TextChoices):
    """What a store asks for."""

    SHIPMENTS = "shipments", "Shipments"
    STOCK = "stock", "Stock"


class Enquiry(models.Model):
    """When a store last asked about something. Its row is the lock of those who look."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="enquiries")
    about = models.CharField(max_length=20, choices=About.choices)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "about"], name="enquiry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.store}: {self.about}"


class ShowingQuerySet(models.QuerySet["Showing"]):
    """Which showings."""

    def after(self, moment: datetime) -> "ShowingQuerySet":
        """Those that somebody who knows all up to a moment does not know yet, in their order."""
        return self.filter(mark__gt=moment).order_by("mark")


class Showing(models.Model):
    """One fact that a store is shown when it asks: a shipment, or the figure of a stock level.

    `mark` is its place in the order of what is shown, given by the first enquiry that sees it: a
    fact whose transaction ends late comes after what was shown before, whatever its own time.
    `proven_at` is when the store proved that it got it, by asking for what came later.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="showings")
    about = models.CharField(max_length=20, choices=About.choices)
    subject_id = models.BigIntegerField()
    figure = models.BigIntegerField(default=0)
    happened_at = models.DateTimeField(default=timezone.now)
    mark = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)

    objects = ShowingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "about", "subject_id"], name="showing_once"),
            models.UniqueConstraint(fields=["store", "about", "mark"], name="showing_mark_once"),
        ]
        indexes = [
            models.Index(
                fields=["store", "about", "happened_at"],
                condition=Q(mark=None),
                name="showing_to_mark",
            ),
            models.Index(
                fields=["store", "about", "mark"],
                condition=Q(proven_at=None),
                name="showing_to_prove",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.subject_id}"
