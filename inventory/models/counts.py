"""Stocktake: what somebody counted, beside what the books said at that moment."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Abs
from django.utils import timezone

from inventory.models.levels import StockLevel
from locations.models import (
    Merchant,
    OfWarehouseQuerySet,
    Warehouse,
)


class StocktakeState(models.TextChoices):
    """How far a count is."""

    COUNTING = "counting", "Being counted"
    REVIEW = "review", "To be reviewed"
    POSTED = "posted", "Posted"
    DROPPED = "dropped", "Given up"


class Stocktake(models.Model):
    """A count of some or all products in a warehouse. Whoever counts does not see the books.

    `submission` is the form that began it: sent twice, it is one count.
    """

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stocktakes")
    merchant = models.ForeignKey(
        Merchant,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the products of all merchants.",
    )
    note = models.CharField(max_length=200, blank=True, help_text="What is counted, and why.")
    submission = models.UUIDField(null=True, unique=True, editable=False)
    state = models.CharField(
        max_length=20,
        choices=StocktakeState.choices,
        default=StocktakeState.COUNTING,
        editable=False,
    )
    begun_at = models.DateTimeField("begun", default=timezone.now, editable=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    ended_at = models.DateTimeField("posted", null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )

    objects = OfWarehouseQuerySet["Stocktake"].as_manager()

    class Meta:
        verbose_name = "count"
        ordering = ["-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        begun = timezone.localtime(self.begun_at)
        return f"Count in {self.warehouse} of {begun:%Y-%m-%d %H:%M}"


class StocktakeLineQuerySet(models.QuerySet["StocktakeLine"]):
    """Which lines."""

    def open(self) -> "StocktakeLineQuerySet":
        """Those that nobody has counted."""
        return self.filter(counted=None)

    def right(self) -> "StocktakeLineQuerySet":
        """Those where as many were counted as the books had."""
        return self.filter(counted=F("expected"))

    def different(self) -> "StocktakeLineQuerySet":
        """Those where more or fewer were counted than the books had, the largest first."""
        rows = self.filter(counted__isnull=False).exclude(counted=F("expected"))
        return rows.order_by(Abs(F("counted") - F("expected")).desc(), "pk")


class StocktakeLine(models.Model):
    """One product to count. `expected` is what the books said at the moment of counting.

    Posting books the difference of the two, so what moves in between is not counted away.
    """

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="lines")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField(null=True)
    expected = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = StocktakeLineQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        # A sheet is read in parts, from any line on.
        indexes = [models.Index(fields=["stocktake", "id"], name="stocktake_line")]
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "level"], name="stocktake_level_once")
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.level}: {self.counted if self.counted is not None else '?'}"

    @property
    def difference(self) -> int | None:
        """How many more were counted than the books had; None as long as nobody counted."""
        if self.counted is None or self.expected is None:
            return None
        return self.counted - self.expected


class Scan(models.Model):
    """One unit that was scanned. `submission` is the scan that was sent: sent twice, it is one."""

    line = models.ForeignKey(StocktakeLine, on_delete=models.CASCADE, related_name="scans")
    submission = models.UUIDField(default=uuid.uuid4, unique=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"One of {self.line.level}"
