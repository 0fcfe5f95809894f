"""Charge: what a merchant was charged for one order."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from api.models.orders import MerchantOrder

FEES = ("fulfillment", "picking", "envelope", "insert", "kitting", "print", "box", "postage")


def _fee(name: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(
        name,
        max_digits=10,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )


class Charge(models.Model):
    """The fees of an order as they were invoiced, in US dollars. Without one there is nothing."""

    order = models.OneToOneField(MerchantOrder, on_delete=models.PROTECT, related_name="charge")
    invoiced_on = models.DateField("invoice date")
    fulfillment = _fee("fulfillment")
    picking = _fee("picking")
    envelope = _fee("envelope")
    insert = _fee("insert")
    kitting = _fee("kitting")
    print = _fee("print")
    box = _fee("box")
    postage = _fee("postage")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["invoiced_on"], name="charge_invoiced")]

    def __str__(self) -> str:
        return f"{self.total} for order {self.order}"

    @property
    def total(self) -> Decimal:
        """The sum of all fees."""
        return sum((getattr(self, name) for name in FEES), Decimal(0))
