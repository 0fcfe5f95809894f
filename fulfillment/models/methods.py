"""ShippingMethod: a way to ship that a store offers, and the carrier that we use for it."""

from django.db import models

from locations.models import Store


class ShippingMethod(models.Model):
    """A store's code for a way to ship.

    `listed_at` is when the store first listed it: one that only an order has named has none.
    `gone_at` is when the store was found to list it no more.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="shipping_methods")
    code = models.CharField(max_length=128)
    name = models.CharField(max_length=255, blank=True)
    carrier = models.CharField(
        max_length=40,
        blank=True,
        help_text="The ship page begins with this carrier. Empty: with the one used last.",
    )
    listed_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["store", "code"]
        constraints = [
            models.UniqueConstraint(fields=["store", "code"], name="shipping_method_once")
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def standing(self) -> str:
        """Where it is known from."""
        if self.gone_at:
            return "Not offered any more"
        return "Offered" if self.listed_at else "Seen on an order only"
