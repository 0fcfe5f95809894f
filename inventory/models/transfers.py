"""Transfer: goods on their way from one of our warehouses to another."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from inventory.models.products import Product
from locations.models import Merchant, Warehouse, ids_worked_by, works_everywhere


class TransferState(models.TextChoices):
    """How far a transfer is."""

    DRAFT = "draft", "To be sent"
    SENT = "sent", "On its way"
    RECEIVED = "received", "Arrived"
    CANCELLED = "cancelled", "Given up"


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Which transfers."""

    def seen_by(self, user: AbstractBaseUser | AnonymousUser) -> "TransferQuerySet":
        """Those that leave or reach a warehouse the user works in."""
        if works_everywhere(user):
            return self
        mine = ids_worked_by(user)
        return self.filter(Q(source__in=mine) | Q(target__in=mine))


class Transfer(models.Model):
    """Units that leave one warehouse and arrive in another: two steps, on two days perhaps.

    `submission` is the form that wrote it: sent twice, it is one transfer.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name="from"
    )
    target = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name="to"
    )
    note = models.CharField(max_length=200, blank=True)
    submission = models.UUIDField(null=True, unique=True, editable=False)
    state = models.CharField(
        max_length=20, choices=TransferState.choices, default=TransferState.DRAFT, editable=False
    )
    made_at = models.DateTimeField("written", default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    sent_at = models.DateTimeField("sent", null=True, editable=False)
    received_at = models.DateTimeField("arrived", null=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="transfer_goes_elsewhere",
                violation_error_message="Choose two different warehouses.",
            )
        ]

    def __str__(self) -> str:
        return f"Transfer {self.pk} from {self.source} to {self.target}"


class TransferLine(models.Model):
    """So many units of a product, and how many of them arrived."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "product"],
                name="transfer_product_once",
                violation_error_message="This product stands in another line already.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="transfer_units",
                violation_error_message="Say how many units; at least one.",
            ),
            models.CheckConstraint(
                condition=Q(received__lte=F("quantity")), name="transfer_received_of_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"
