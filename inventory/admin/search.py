"""Finds products by what a person has in hand: SKU, barcode, another SKU, words of the title.

Each of them has an index, and each is looked up by itself: one condition that joins them with OR
reads the whole table.
"""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, QuerySet

from inventory.models import Barcode, Product, SkuAlias

MOST_HITS = 1000
WORD = re.compile(r"\w+")
HELP = "SKU, barcode, another SKU, or title. Scan or type, then Enter."


def named(term: str) -> list[int]:
    """Return the products whose SKU, other SKU or barcode is exactly this, whoever may see them."""
    products = Product.objects.order_by().filter(sku__iexact=term).values("pk")
    others = SkuAlias.objects.order_by().filter(sku__iexact=term).values("product_id")
    codes = Barcode.objects.order_by().filter(code=term).values("product_id")
    kinds = [kind[:MOST_HITS] for kind in (products, others, codes)]
    return list(kinds[0].union(*kinds[1:]).values_list("pk", flat=True))


def find(term: str) -> list[int]:
    """Return the products that the term names, or whose SKU or title begins with it.

    The newest MOST_HITS of each kind are found; who wants an older one types more.
    """
    term = term.strip()
    if exact := named(term):
        return exact
    # Sorting by a sum keeps the planner from walking the primary key in search of a match.
    everything = Product.objects.order_by((F("pk") + 0).desc())
    others = SkuAlias.objects.order_by((F("pk") + 0).desc()).filter(sku__istartswith=term)
    kinds = [
        everything.filter(sku__istartswith=term).values("pk"),
        others.values("product_id"),
        *_titled(everything, term),
    ]
    first, *more = (kind[:MOST_HITS] for kind in kinds)
    return list(first.union(*more).values_list("pk", flat=True))


def _titled(everything: QuerySet[Product], term: str) -> list[QuerySet[Product, object]]:
    words = WORD.findall(term)
    if not words:
        return []
    query = SearchQuery(" & ".join(f"{w}:*" for w in words), search_type="raw", config="simple")
    titles = SearchVector("title", config="simple")
    return [everything.annotate(words=titles).filter(words=query).values("pk")]
