"""Product: a thing of a merchant's that we can ship, known by its SKU."""

from django.db import models

from locations.models import Merchant


class Product(models.Model):
    """A thing we can ship. The SKU is the merchant's text: case and spaces count."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="products")
    sku = models.CharField("SKU", max_length=255)
    title = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["merchant", "sku"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "sku"],
                name="product_sku_once",
                violation_error_message="This merchant has a product with this SKU already.",
            )
        ]

    def __str__(self) -> str:
        return self.sku
