"""Stocktake: what somebody counted, beside what the books said at that moment."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils import timezone

from inventory.models.levels import StockLevel
from locations.models import Merchant, Warehouse, ids_worked_by, works_everywhere


class StocktakeState(models.TextChoices):
    """How far a count is."""

    COUNTING = "counting", "Being counted"
    REVIEW = "review", "To be reviewed"
    POSTED = "posted", "Posted"
    DROPPED = "dropped", "Given up"


class StocktakeQuerySet(models.QuerySet["Stocktake"]):
    """Which counts."""

    def seen_by(self, user: AbstractBaseUser | AnonymousUser) -> "StocktakeQuerySet":
        """Those in the warehouses the user works in."""
        return self if works_everywhere(user) else self.filter(warehouse__in=ids_worked_by(user))


class Stocktake(models.Model):
    """A count of some or all products in a warehouse. Whoever counts does not see the books."""

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

    objects = StocktakeQuerySet.as_manager()

    class Meta:
        verbose_name = "count"
        ordering = ["-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        begun = timezone.localtime(self.begun_at)
        return f"Count in {self.warehouse} of {begun:%Y-%m-%d %H:%M}"


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

    class Meta:
        ordering = ["id"]
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
