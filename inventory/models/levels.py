"""StockLevel, how many units lie where; and StockMovement, every change of it and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from inventory.models.products import Product
from locations.models import OfWarehouseQuerySet, Warehouse

# What a level consists of, and a movement changes.
FIGURES = ("on_hand", "allocated", "damaged", "quarantine", "safety", "buffer")


class StockLevelQuerySet(OfWarehouseQuerySet["StockLevel"]):
    """Which levels."""

    def oversold(self) -> "StockLevelQuerySet":
        """More is promised than lies there to be shipped."""
        return self.filter(uncovered__gt=0)


class StockLevel(models.Model):
    """How many units of a product lie in a warehouse, for all stores of its merchant together.

    Written by `inventory.ledger` and by nothing else; a trigger refuses figures that change
    without a movement. `moves` is the number of the last movement.

    damaged, quarantine and safety are units that are there and not for sale; `buffer` is what
    stores are not told of. `available` is what may still be promised, below zero where more was
    promised than that; `uncovered` is how many promised units do not exist.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="levels")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.IntegerField(default=0, editable=False)
    allocated = models.IntegerField("promised", default=0, editable=False)
    damaged = models.IntegerField(default=0, editable=False)
    quarantine = models.IntegerField(default=0, editable=False)
    safety = models.IntegerField("safety stock", default=0, editable=False)
    buffer = models.IntegerField(default=0, editable=False)
    available = models.GeneratedField(
        expression=F("on_hand")
        - F("allocated")
        - F("damaged")
        - F("quarantine")
        - F("safety")
        - F("buffer"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    uncovered = models.GeneratedField(
        # Where more is set aside than lies there, only what is promised can be missing.
        expression=Least(
            F("allocated"), F("allocated") - F("on_hand") + F("damaged") + F("quarantine")
        ),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    moves = models.PositiveIntegerField(default=0, editable=False)
    moved_at = models.DateTimeField("last moved", null=True, editable=False)

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="level_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{figure}__gte": 0}), name=f"level_{figure}_not_negative"
                )
                for figure in FIGURES
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "-id"], name="level_warehouse"),
            models.Index(fields=["-id"], condition=Q(uncovered__gt=0), name="level_oversold"),
            models.Index(fields=["available"], name="level_available"),
        ]
        default_permissions = ("view",)
        permissions = [
            ("adjust_stock", "Can adjust stock, and set units aside"),
            ("receive_stock", "Can receive goods and take returns back"),
            ("transfer_stock", "Can transfer goods between warehouses"),
            ("count_stock", "Can count stock"),
            ("post_count", "Can review and post counts"),
            ("import_stock", "Can import products and stock from files"),
        ]

    def __str__(self) -> str:
        return f"{self.product} in {self.warehouse}"


class Kind(models.TextChoices):
    """Why a level changed."""

    RECEIVED = "received", "Received"
    ALLOCATED = "allocated", "Promised"
    RELEASED = "released", "Released"
    SHIPPED = "shipped", "Shipped"
    ADJUSTED = "adjusted", "Adjusted"
    COUNTED = "counted", "Counted"
    RETURNED = "returned", "Returned"
    TRANSFERRED_OUT = "transferred_out", "Sent to another warehouse"
    TRANSFERRED_IN = "transferred_in", "Came from another warehouse"
    MADE_UNAVAILABLE = "made_unavailable", "Set aside"
    MADE_AVAILABLE = "made_available", "Put back for sale"
    BUFFER_SET = "buffer_set", "Buffer set"
    CORRECTED = "corrected", "Books corrected"


# What a person does by hand is explained by that person.
BY_HAND = (
    Kind.ADJUSTED,
    Kind.MADE_UNAVAILABLE,
    Kind.MADE_AVAILABLE,
    Kind.BUFFER_SET,
    Kind.CORRECTED,
)


class StockMovement(models.Model):
    """One change of a level: by how much, from what, why, and by whom. Never changed itself.

    The first figures are changes; those that end in `_before` are what the level was. `number`
    counts the movements of the level without a gap. `cause_model` and `cause_id` name the row
    that it came from (fulfillment.fulfillmentorder, inventory.inbound); `cause` is its name.
    """

    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="movements")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    on_hand = models.IntegerField(default=0)
    allocated = models.IntegerField("promised", default=0)
    damaged = models.IntegerField(default=0)
    quarantine = models.IntegerField(default=0)
    safety = models.IntegerField("safety stock", default=0)
    buffer = models.IntegerField(default=0)
    on_hand_before = models.IntegerField()
    allocated_before = models.IntegerField()
    damaged_before = models.IntegerField()
    quarantine_before = models.IntegerField()
    safety_before = models.IntegerField()
    buffer_before = models.IntegerField()
    cause_model = models.CharField(max_length=100, blank=True)
    cause_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "stock movement"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["level", "number"], name="movement_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=BY_HAND) | ~Q(reason=""), name="movement_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(**dict.fromkeys(FIGURES, 0)), name="movement_moves"
            ),
        ]
        indexes = [
            models.Index(fields=["cause_model", "cause_id"], name="movement_cause"),
            models.Index(fields=["at"], name="movement_at"),
        ]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.level} ({self.number})"
