"""Shipment, its lines and its parcels: what left the building."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from fulfillment.models.orders import FulfillmentOrder, Line
from platforms.records import TrackingStatus


class ShipmentState(models.TextChoices):
    """Whether the store knows of a shipment."""

    QUEUED = "queued", "Waiting to be told to the store"
    CONFIRMED = "confirmed", "Confirmed by the store"
    REFUSED = "refused", "Refused by the store"
    UNTOLD = "untold", "Given up; the store does not know"


TRACKING_STATUSES = [
    (TrackingStatus.UNKNOWN, "Unknown"),
    (TrackingStatus.LABEL_CREATED, "Label created"),
    (TrackingStatus.PICKED_UP, "Picked up"),
    (TrackingStatus.IN_TRANSIT, "In transit"),
    (TrackingStatus.DELAYED, "Delayed"),
    (TrackingStatus.OUT_FOR_DELIVERY, "Out for delivery"),
    (TrackingStatus.AVAILABLE_FOR_PICKUP, "Available for pickup"),
    (TrackingStatus.ATTEMPT_FAILED, "Delivery attempt failed"),
    (TrackingStatus.DELIVERED, "Delivered"),
    (TrackingStatus.RETURNING, "Returning"),
    (TrackingStatus.RETURNED, "Returned"),
    (TrackingStatus.EXCEPTION, "Exception"),
    (TrackingStatus.LOST, "Lost"),
    (TrackingStatus.CANCELLED, "Cancelled"),
    (TrackingStatus.EXPIRED, "Expired"),
]


class Shipment(models.Model):
    """Units that left together, and whether the store has confirmed that it knows.

    `submission` is the form that a person sent: sent twice, it is one shipment.
    """

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.PROTECT, related_name="shipments"
    )
    submission = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.CharField(
        max_length=20, choices=ShipmentState.choices, default=ShipmentState.QUEUED
    )
    notify = models.BooleanField(default=True)
    ref = models.CharField("number at the store", max_length=64, blank=True)
    remark = models.TextField(blank=True)
    shipped_at = models.DateTimeField(default=timezone.now)
    shipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Shipment {self.pk}"


class ShipmentLine(models.Model):
    """So many units of a line in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="shipped_in")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_units"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line.sku}"


class Parcel(models.Model):
    """One box with its label."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parcels")
    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.PROTECT, related_name="parcels"
    )
    carrier = models.CharField(max_length=40)
    carrier_name = models.CharField(max_length=100, blank=True)
    tracking_code = models.CharField(max_length=100)
    tracking_link = models.URLField(max_length=1000, blank=True)
    corrections = models.PositiveSmallIntegerField(default=0)
    tracking_status = models.CharField(
        max_length=30, choices=TRACKING_STATUSES, default=TrackingStatus.UNKNOWN
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            # Read-back after an unknown outcome finds a shipment by its tracking code.
            models.UniqueConstraint(
                fields=["fulfillment_order", "tracking_code"], name="tracking_code_once"
            )
        ]
        indexes = [models.Index(Upper("tracking_code"), name="parcel_tracking")]

    def __str__(self) -> str:
        return f"{self.carrier_name or self.carrier} {self.tracking_code}"
