"""Finds orders by what a person has in hand: number, SKU, barcode, tracking code, recipient.

Each of them has an index, and each is looked up by itself: one condition that joins them with OR
reads the whole table. The ids are fetched first, for the planner guesses names too high and would
rather walk through all orders.
"""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Upper

from fulfillment.models import FulfillmentOrder, Line, Parcel
from fulfillment.models.orders import FulfillmentOrderQuerySet
from inventory.models import Barcode

MOST_HITS = 1000
# Several merchants may sell the same thing.
MOST_PRODUCTS = 50
# A name that so many bear is found often enough among so many of the newest orders.
NEWEST = 20_000
WORD = re.compile(r"\w+")


def find(term: str) -> list[int]:
    """Return the ids of the orders that the term names, whoever may see them.

    The newest MOST_HITS of each kind are found; who wants an older one types more.
    """
    term = term.strip()
    # Sorting by a sum keeps the planner from walking the primary key in search of a match.
    everything = FulfillmentOrder.objects.order_by((F("pk") + 0).desc())
    kinds = [
        everything.filter(order__number__istartswith=term).values("pk"),
        everything.filter(ref=term).values("pk"),
        _newest(Line.objects.annotate(any_case=Upper("sku")).filter(any_case__in=_skus(term))),
        _newest(Parcel.objects.filter(tracking_code__iexact=term)),
        *_named(everything, term),
    ]
    first, *others = (kind[:MOST_HITS] for kind in kinds)
    return list(first.union(*others).values_list("pk", flat=True))


def _skus(term: str) -> list[Upper]:
    """Return the SKUs that a scanned code or a typed SKU means, as the index has them."""
    scanned = Barcode.objects.filter(code=term).values_list("product__sku", flat=True)
    return [Upper(Value(sku)) for sku in (term, *scanned[:MOST_PRODUCTS])]


def _newest(parts: QuerySet[Any]) -> QuerySet[Any]:
    return parts.order_by("-fulfillment_order_id").values("fulfillment_order_id")


def _named(everything: FulfillmentOrderQuerySet, term: str) -> list[QuerySet[Any]]:
    """Return the orders to a recipient whose names begin with the words of the term.

    The index of names knows nothing of age: what many bear would all be read, to keep the newest.
    """
    words = WORD.findall(term)
    if not words:
        return []
    text = " & ".join(f"{word}:*" for word in words)
    query = SearchQuery(text, search_type="raw", config="simple")
    names = SearchVector("recipient", config="simple")
    named = everything.annotate(names=names).filter(names=query).values("pk")
    newest = _among_the_newest(named)
    return [FulfillmentOrder.objects.filter(pk__in=newest).values("pk") if newest else named]


def _among_the_newest(named: QuerySet[Any]) -> list[int]:
    """Return the newest MOST_HITS, if there are that many among the newest orders; else none."""
    # Asked beforehand: the planner must know how few they are.
    last = FulfillmentOrder.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = named.filter(pk__gt=last - NEWEST).order_by("-pk")
    found = list(recent.values_list("pk", flat=True)[:MOST_HITS])
    return found if len(found) == MOST_HITS else []
