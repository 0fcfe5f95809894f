"""Allocation: units of a level that are promised to one line of an order."""

from django.db import models
from django.db.models import Q

from inventory.models.levels import StockLevel
from locations.models import Store


class Allocation(models.Model):
    """So many units that a line of an accepted order holds. Changed while its level is locked.

    `line_id` and `order_id` are the ids of whoever asked for them, one floor up; `subject` is
    its name. The sum over a level is its `allocated`.
    """

    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="allocations")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    line_id = models.BigIntegerField(unique=True)
    order_id = models.BigIntegerField()
    subject = models.CharField(max_length=200)
    held = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            # What is not held is no row: a level's promises are few, whatever its history.
            models.CheckConstraint(condition=Q(held__gt=0), name="allocation_holds")
        ]
        indexes = [
            models.Index(fields=["order_id"], name="allocation_order"),
            models.Index(fields=["store", "level"], include=["held"], name="allocation_store"),
        ]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.held} for {self.subject}"
