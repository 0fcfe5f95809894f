"""Finds the product that a person types or scans: its SKU, another SKU of it, or a barcode."""

from collections import defaultdict
from collections.abc import Iterable

from inventory import skus
from inventory.models import Barcode, Product, SkuAlias


def find(merchant_id: int, codes: Iterable[str]) -> dict[str, Product]:
    """Return by code the products of a merchant that these codes mean; a SKU comes first."""
    wanted = {code.strip() for code in codes} - {""}
    rows = Barcode.objects.filter(merchant=merchant_id, code__in=wanted).select_related("product")
    return {row.code: row.product for row in rows} | skus.find(merchant_id, wanted)


def one(merchant_id: int, code: str) -> Product | None:
    """Return the product that a code means; a typed SKU may be in other case, if only one fits."""
    code = code.strip()
    if not code or "\0" in code:
        return None
    if found := find(merchant_id, [code]).get(code):
        return found
    alike = list(Product.objects.filter(merchant=merchant_id, sku__iexact=code)[:2])
    return alike[0] if len(alike) == 1 else None


def of_all_merchants(code: str) -> list[Product]:
    """Return the products of any merchant that a code means: on a shelf lie goods of many."""
    code = code.strip()
    if not code or "\0" in code:
        return []
    rows = Product.objects
    ids = {
        *rows.filter(sku__iexact=code).values_list("pk", flat=True),
        *SkuAlias.objects.filter(sku=code).values_list("product", flat=True),
        *Barcode.objects.filter(code=code).values_list("product", flat=True),
    }
    return list(rows.filter(pk__in=ids).select_related("merchant").order_by("sku", "pk"))


def printed_on(product_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return by product the barcodes and other SKUs that it goes by, in two statements."""
    found: dict[int, list[str]] = defaultdict(list)
    ids = list(product_ids)
    for product, code in Barcode.objects.filter(product__in=ids).values_list("product", "code"):
        found[product].append(code)
    for product, sku in SkuAlias.objects.filter(product__in=ids).values_list("product", "sku"):
        found[product].append(sku)
    return found
