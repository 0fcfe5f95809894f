"""Finds the one product of some merchants that a person means, or says in words why not."""

from collections.abc import Collection

from django.forms import ValidationError

from inventory.admin.search import find, named
from inventory.models import Product

MEANT_AT_MOST = 5


def one_product(term: str, merchant_ids: Collection[int]) -> Product:
    """Return the product with this SKU or barcode. Raises ValidationError in words.

    It is typed or scanned: a list of a hundred thousand products is nothing to choose from.
    """
    mine = Product.objects.select_related("merchant").filter(merchant__in=merchant_ids)
    meant = list(mine.filter(pk__in=named(term))[: MEANT_AT_MOST + 1])
    exact = [product for product in meant if product.sku == term] or meant
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise ValidationError(f"Several products are called this: {_names(exact)}. Type the SKU.")
    close = list(mine.filter(pk__in=find(term))[:MEANT_AT_MOST])
    hint = f" Did you mean {_names(close)}?" if close else " Look for it in the list of products."
    raise ValidationError(f"No product has the SKU or barcode “{term}”.{hint}")


def _names(products: list[Product]) -> str:
    return ", ".join(f"{product} of {product.merchant}" for product in products[:MEANT_AT_MOST])
