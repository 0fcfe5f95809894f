"""Makes products of SKUs that mean none, or other SKUs of products that are there.

What if it runs twice, or two people at once? The rows are locked; what is known by then is only
forgotten here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from inventory import mirror, publishing, skus
from inventory.models import Product, SkuAlias, UnknownSku
from locations.models import Merchant


@dataclass(frozen=True, slots=True)
class Made:
    """What became of unknown SKUs: how many are known now, and which are not and why."""

    done: int
    refused: list[tuple[UnknownSku, str]]


@transaction.atomic
def create_products(unknown_ids: Iterable[int], *, by: User) -> Made:
    """Make a product of each of these SKUs. One that is known by now is only forgotten."""
    rows = _locked(unknown_ids)
    Product.objects.bulk_create(
        [
            Product(merchant_id=row.merchant_id, sku=row.sku, title=row.title)
            for row in rows
            if row.sku not in skus.find(row.merchant_id, [row.sku])
        ],
        ignore_conflicts=True,
    )
    _learned(rows)
    return Made(len(rows), [])


@transaction.atomic
def map_to(unknown_ids: Iterable[int], product: Product, *, by: User) -> Made:
    """Make these SKUs other SKUs of a product; one of another merchant is refused."""
    rows = _locked(unknown_ids)
    mine = [row for row in rows if row.merchant_id == product.merchant_id]
    refused = [
        (row, f"It is a SKU of {row.merchant}, and {product} belongs to {product.merchant}.")
        for row in rows
        if row not in mine
    ]
    SkuAlias.objects.bulk_create(
        [
            SkuAlias(product=product, merchant_id=row.merchant_id, sku=row.sku)
            for row in mine
            if row.sku not in skus.find(row.merchant_id, [row.sku])
        ],
        ignore_conflicts=True,
    )
    if mine and product.counted:
        Product.objects.filter(pk=product.pk).update(recount_promises=True)
    _learned(mine)
    return Made(len(mine), refused)


def _locked(unknown_ids: Iterable[int]) -> list[UnknownSku]:
    rows = UnknownSku.objects.select_for_update(of=("self",)).select_related("merchant")
    return list(rows.filter(pk__in=list(unknown_ids)).order_by("pk"))


def _learned(rows: Sequence[UnknownSku]) -> None:
    """Forget that these were unknown, and map the stock records that name them."""
    UnknownSku.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for merchant in {row.merchant for row in rows}:
        learn(merchant)


def learn(merchant: Merchant) -> None:
    """Map what names a SKU of the merchant that means a product by now."""
    known = UnknownSku.objects.filter(merchant=merchant)
    known.filter(skus.is_known("merchant", "sku")).delete()
    for store in merchant.stores.all():
        mirror.map_records(store)


@transaction.atomic
def learn_of(product: Product) -> None:
    """A product is new, or has other SKUs than before: map what names them, and count what was
    promised under them.
    """
    Product.objects.filter(pk=product.pk, counted=True).update(recount_promises=True)
    learn(product.merchant)
    publishing.wake_stores([product.pk])
