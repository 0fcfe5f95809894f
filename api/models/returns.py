"""ExpectedReturn and its items: what a merchant announced that customers send back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from api.models.orders import Consignee, MerchantOrder
from fulfillment.models import Return
from inventory.models import Product
from locations.models import Merchant


class ExpectedReturn(models.Model):
    """A return with a number of the merchant's (an RMA).

    It is processed when it came with a return that was booked, or when staff says so.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    rma_number = models.CharField("RMA number", max_length=64)
    order = models.ForeignKey(
        MerchantOrder, null=True, on_delete=models.PROTECT, related_name="expected_returns"
    )
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="+")
    came_with = models.OneToOneField(
        Return, null=True, on_delete=models.PROTECT, related_name="announced_as"
    )
    processed_at = models.DateTimeField("processed", null=True)
    processed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("announced", default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField("changed", default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "announced return"
        ordering = ["-id"]
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(fields=["merchant", "rma_number"], name="rma_once")]

    def __str__(self) -> str:
        return self.rma_number


class ExpectedItem(models.Model):
    """So many units of a product that are expected back."""

    whole = models.ForeignKey(ExpectedReturn, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=255)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="expected_item_units")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
