"""Product, its barcodes and other SKUs; and SKUs that stores name and nobody knows."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from locations.models import Merchant

TWO_LETTERS = RegexValidator(r"^[A-Z]{2}$", "Two capital letters, such as US.")
THREE_LETTERS = RegexValidator(r"^[A-Z]{3}$", "Three capital letters, such as USD.")
HS_CODE = RegexValidator(r"^[0-9]{6,10}$", "Six to ten digits, without dots.")


class Product(models.Model):
    """A thing we can ship. The SKU is the merchant's text: case and spaces count.

    `counted` begins with the first movement of its stock: from then on only what is there is
    promised. `recount_promises` asks for the promises made before that to be counted too.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="products")
    sku = models.CharField("SKU", max_length=255)
    title = models.CharField(max_length=500, blank=True)
    image_url = models.URLField("image link", max_length=1000, blank=True)
    weight_grams = models.PositiveIntegerField("weight (g)", null=True, blank=True)
    length_mm = models.PositiveIntegerField("length (mm)", null=True, blank=True)
    width_mm = models.PositiveIntegerField("width (mm)", null=True, blank=True)
    height_mm = models.PositiveIntegerField("height (mm)", null=True, blank=True)
    hs_code = models.CharField("HS code", max_length=10, blank=True, validators=[HS_CODE])
    origin = models.CharField(
        "country of origin", max_length=2, blank=True, validators=[TWO_LETTERS]
    )
    customs_text = models.CharField("description for customs", max_length=255, blank=True)
    customs_value = models.DecimalField(
        "value of one unit", max_digits=12, decimal_places=2, null=True, blank=True
    )
    customs_currency = models.CharField(
        "currency", max_length=3, blank=True, validators=[THREE_LETTERS]
    )
    counted = models.BooleanField(
        "stock is counted",
        default=False,
        editable=False,
        help_text="Begins with the first receipt or count. Before, orders are promised unseen.",
    )
    recount_promises = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["merchant", "sku"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "sku"],
                name="product_sku_once",
                violation_error_message="This merchant has a product with this SKU already.",
            )
        ]
        indexes = [
            models.Index(OpClass(Upper("sku"), name="text_pattern_ops"), name="product_sku_begins"),
            GinIndex(SearchVector("title", config="simple"), name="product_title_words"),
            models.Index(fields=["id"], condition=Q(recount_promises=True), name="product_recount"),
        ]

    def __str__(self) -> str:
        return self.sku


class Barcode(models.Model):
    """A code that is printed on the product. One merchant uses it for one product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="barcodes")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=100)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code"],
                name="barcode_once",
                violation_error_message="Another product of this merchant has this barcode.",
            )
        ]
        indexes = [models.Index(fields=["code"], name="barcode_code")]

    def __str__(self) -> str:
        return self.code


class SkuAlias(models.Model):
    """Another SKU under which stores sell a product. A product's own SKU outweighs it."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="aliases")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=255)

    class Meta:
        verbose_name = "other SKU"
        verbose_name_plural = "other SKUs"
        ordering = ["sku"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "sku"],
                name="alias_sku_once",
                violation_error_message="This SKU belongs to another product already.",
            )
        ]
        indexes = [
            models.Index(OpClass(Upper("sku"), name="text_pattern_ops"), name="alias_sku_begins")
        ]

    def __str__(self) -> str:
        return self.sku


class UnknownSku(models.Model):
    """A SKU that a store's order or stock record names and that is no product of its merchant."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="unknown_skus")
    sku = models.CharField("SKU", max_length=255)
    title = models.CharField(max_length=500, blank=True)
    in_orders = models.BooleanField("seen in orders", default=False)
    in_records = models.BooleanField("seen in stock records", default=False)
    seen_at = models.DateTimeField("last seen", default=timezone.now)

    class Meta:
        verbose_name = "unknown SKU"
        ordering = ["-seen_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["merchant", "sku"], name="unknown_sku_once")]
        indexes = [models.Index(fields=["-seen_at", "-id"], name="unknown_sku_seen")]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.sku
