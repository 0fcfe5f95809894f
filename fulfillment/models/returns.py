"""Return and its lines: what came back of an order after it had left."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fulfillment.models.orders import FulfillmentOrder, Line

CONDITIONS = [("", "For sale"), ("damaged", "Damaged"), ("quarantine", "In quarantine")]


class Return(models.Model):
    """Units that came back together. `submission` is the form that was sent: sent twice, one."""

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.PROTECT, related_name="returns"
    )
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
        return f"Return {self.pk}"


class ReturnLine(models.Model):
    """So many units of a line, in which condition. `booked`: they are in the stock again."""

    whole = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="returned_in")
    quantity = models.PositiveIntegerField()
    condition = models.CharField(max_length=20, choices=CONDITIONS, blank=True)
    booked = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["whole", "line"], name="return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_line_units"),
        ]
        default_permissions = ()

    def __str__(self) -> str:
        words = f"{self.quantity} × {self.line.sku}, {self.get_condition_display().lower()}"
        return words if self.booked else f"{words}; not booked in the stock"
