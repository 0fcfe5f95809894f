"""StockRecord: what a store believes to be in stock of one thing at one of our locations."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from inventory.models.products import Product
from locations.models import Location, Store


class Mapped(models.TextChoices):
    """Whether we know which product a record is about."""

    YES = "yes", "Mapped"
    UNKNOWN = "unknown", "SKU unknown"
    AMBIGUOUS = "ambiguous", "SKU not clear"
    LEFT_OUT = "left_out", "Left out"


class StockRecord(models.Model):
    """A store's figure for one product at one location, and what we last told it.

    `level` is None where the store does not track it: it is left alone then. `told` is the last
    figure of ours that the store confirmed, `answer` what it then said. `waits` is set where a
    figure fell to zero together with many others: a person looks first. `doubtful` is set where
    the store may have changed its figure by itself. `by_hand` means that a person chose the
    product. `pushes` counts what was queued, for the key of the next call.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="stock_records")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_records")
    ref = models.CharField("number at the store", max_length=64)
    sku = models.CharField("SKU", max_length=255, blank=True)
    title = models.CharField(max_length=500, blank=True)
    product_ref = models.CharField(max_length=64, blank=True)
    product = models.ForeignKey(
        Product, null=True, on_delete=models.SET_NULL, related_name="stock_records"
    )
    mapped = models.CharField(max_length=20, choices=Mapped.choices, default=Mapped.UNKNOWN)
    remark = models.TextField(blank=True)
    level = models.IntegerField("in stock there", null=True)
    reserved = models.IntegerField("reserved there", null=True)
    read_at = models.DateTimeField("last read from the store", default=timezone.now)
    told = models.IntegerField("last told", null=True)
    told_at = models.DateTimeField(null=True)
    answer = models.TextField("the store’s answer", blank=True)
    by_hand = models.BooleanField("mapped by hand", default=False)
    doubtful = models.BooleanField(default=False)
    waits = models.BooleanField("waits for a person", default=False)
    waits_since = models.DateTimeField(null=True)
    pushes = models.PositiveIntegerField(default=0)
    gone_at = models.DateTimeField("gone at the store", null=True)

    class Meta:
        verbose_name = "stock record"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["store", "ref"], name="stock_record_once")]
        indexes = [
            models.Index(fields=["store", "sku"], name="stock_record_sku"),
            models.Index(fields=["store", "mapped", "-id"], name="stock_record_mapped"),
            models.Index(fields=["-id"], condition=Q(waits=True), name="stock_record_waits"),
            models.Index(fields=["store", "told_at"], name="stock_record_told"),
        ]
        default_permissions = ("view",)
        permissions = [("publish_stock", "Can decide what stores are told of stock")]

    def __str__(self) -> str:
        return f"{self.sku or '?'} at {self.location}"

    @property
    def lane(self) -> str:
        """What must be told to the store in order."""
        return f"stock_record:{self.pk}"
