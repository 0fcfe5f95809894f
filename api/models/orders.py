"""MerchantOrder, what a merchant asked for; Consignee; and StatusEvent, each status it has had."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from fulfillment.models import FulfillmentOrder, StatusCode
from locations.models import Merchant


class Consignee(models.Model):
    """A recipient as the merchant sent it, in the contract's words."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    sent = models.JSONField()
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sent.get('firstName', '')} {self.sent.get('lastName', '')}".strip()


class MerchantOrder(models.Model):
    """An order as its merchant placed it, beside the fulfillment order that it became.

    It is written first: of two equal requests at once, the second one finds its number taken.
    `recorded_at` is the fulfillment order's, which never changes; it stands here too, so that
    lists of a span of time need no other table.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="api_orders")
    merchant_order_id = models.CharField(max_length=64)
    fulfillment_order = models.OneToOneField(
        FulfillmentOrder, null=True, on_delete=models.PROTECT, related_name="as_placed"
    )
    recorded_at = models.DateTimeField("recorded", null=True)
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="+")
    integrator = models.CharField(max_length=40, blank=True)
    items = models.JSONField(default=list)
    client = models.CharField(max_length=255, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "order as it was placed"
        verbose_name_plural = "orders as they were placed"
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "merchant_order_id"], name="merchant_order_once"
            ),
            models.CheckConstraint(
                condition=models.Q(fulfillment_order=None, recorded_at=None)
                | models.Q(fulfillment_order__isnull=False, recorded_at__isnull=False),
                name="merchant_order_recorded",
            ),
        ]
        # All that it takes to find the rows of a page, for one merchant and for several.
        indexes = [
            models.Index(
                fields=["merchant", "recorded_at", "fulfillment_order"],
                include=["id"],
                name="merchant_order_listed",
            ),
            models.Index(
                fields=["recorded_at", "fulfillment_order"],
                include=["merchant", "id"],
                name="orders_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.merchant_order_id


class StatusEvent(models.Model):
    """A status that an order has had, from when on, and who set it.

    A trigger writes one whenever the status code of an order placed here changes, whoever changed
    it, and is another than the last one; a partner's own statuses are written beside it. The last
    one is the order's status.
    """

    order = models.ForeignKey(MerchantOrder, on_delete=models.CASCADE, related_name="statuses")
    status = models.ForeignKey(StatusCode, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.status} since {self.at:%Y-%m-%d %H:%M}"
