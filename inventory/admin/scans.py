"""Answers a scan: which product of a merchant a code means, as the scripts of our pages ask it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse

from inventory import codes
from inventory.admin.places import merchants_of
from inventory.models import Product
from locations.models import Merchant

ASKED_BY = (
    "inventory.receive_stock",
    "inventory.transfer_stock",
    "inventory.add_inbound",
    "inventory.add_transfer",
)


def answer(request: HttpRequest, merchants: Any = None) -> JsonResponse:
    """Return the product that `?merchant=&code=` means, or in words that there is none.

    Not found is an answer, no error: a script shows its words.
    """
    if not any(request.user.has_perm(name) for name in ASKED_BY):
        raise PermissionDenied
    number, code = request.GET.get("merchant", ""), request.GET.get("code", "").strip()
    allowed = merchants_of(request.user) if merchants is None else merchants
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    merchant = allowed.filter(pk=number).first() if is_number else None
    if merchant is None:
        return JsonResponse({"words": "Choose the merchant first."})
    product = codes.one(merchant.pk, code)
    if product is None:
        return JsonResponse({"words": unknown(code, merchant)})
    return JsonResponse(described(product))


def unknown(code: str, merchant: Merchant) -> str:
    """Say that a code means nothing, and what to do."""
    return (
        f"“{code[:60]}” is no SKU or barcode of {merchant}. Set it aside, and have the product "
        "or its barcode added."
    )


def described(product: Product) -> dict[str, Any]:
    """Return what a script shows of a product, with all codes it goes by."""
    return {
        "product": product.pk,
        "sku": product.sku,
        "title": product.title,
        "codes": [product.sku, *codes.printed_on([product.pk]).get(product.pk, [])],
    }
