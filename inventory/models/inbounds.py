"""Inbound: goods that a merchant has announced, and what of them has come."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Sum
from django.utils import timezone

from inventory.models.products import Product
from locations.models import (
    Merchant,
    OfWarehouseQuerySet,
    Warehouse,
)


class InboundState(models.TextChoices):
    """How far an inbound is."""

    EXPECTED = "expected", "Expected"
    PARTLY = "partly", "Came in part"
    CLOSED = "closed", "Closed"


class Inbound(models.Model):
    """Goods on their way to us, as announced (an ASN). They come in one or several receipts."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="inbounds")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="inbounds")
    reference = models.CharField(
        max_length=100, help_text="The number on the merchant’s papers, such as PO-1187."
    )
    expected_on = models.DateField("expected", null=True, blank=True)
    note = models.TextField(blank=True, help_text="Carrier, pallets, whom to call.")
    state = models.CharField(
        max_length=20, choices=InboundState.choices, default=InboundState.EXPECTED, editable=False
    )
    made_at = models.DateTimeField("announced", default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = OfWarehouseQuerySet["Inbound"].as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "reference"],
                name="inbound_reference_once",
                violation_error_message="This merchant has an inbound with this reference already.",
            )
        ]
        indexes = [models.Index(fields=["warehouse", "-id"], name="inbound_warehouse")]

    def __str__(self) -> str:
        return f"{self.reference} of {self.merchant}"

    def units(self) -> tuple[int, int]:
        """Return how many units are expected, and how many have come."""
        sums = self.lines.aggregate(expected=Sum("expected"), received=Sum("received"))
        return sums["expected"] or 0, sums["received"] or 0


class InboundLine(models.Model):
    """So many units of a product that are expected, and how many have come, whole or damaged."""

    inbound = models.ForeignKey(Inbound, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0, editable=False)
    damaged = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inbound", "product"],
                name="inbound_product_once",
                violation_error_message="This product stands in another line already.",
            ),
            models.CheckConstraint(
                condition=models.Q(damaged__lte=F("received")), name="inbound_damaged_of_received"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expected} × {self.product}"


class Receipt(models.Model):
    """Goods that came together. `submission` is the form that was sent: sent twice, it is one."""

    inbound = models.ForeignKey(Inbound, on_delete=models.PROTECT, related_name="receipts")
    submission = models.UUIDField(default=uuid.uuid4, unique=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Receipt {self.pk}"
