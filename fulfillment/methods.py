"""Keeps the shipping methods of stores: those they list, and those that only an order has named.

What if it runs twice? The second run finds every code in place. A method that a store lists no
more stays, marked, with the carrier that was chosen for it.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from fulfillment.models import ShippingMethod
from locations.models import Store
from platforms.records import FulfillmentOrderRecord, ShippingMethodRecord


@transaction.atomic
def take_in(store: Store, listed: Iterable[ShippingMethodRecord]) -> None:
    """Keep the store's list, and mark what is on it no more. Chosen carriers stay."""
    now = timezone.now()
    rows = sorted(
        (
            ShippingMethod(store=store, code=each.code[:128], name=each.name[:255], listed_at=now)
            for each in listed
        ),
        key=lambda row: row.code,
    )
    ShippingMethod.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["store", "code"],
        update_fields=["name", "gone_at"],
    )
    known = store.shipping_methods.filter(code__in=[row.code for row in rows])
    known.filter(listed_at=None).update(listed_at=now)
    absent = store.shipping_methods.exclude(code__in=[row.code for row in rows])
    absent.filter(gone_at=None).exclude(listed_at=None).update(gone_at=now)


def carriers(store: Store) -> dict[str, str]:
    """Return by the code of each method of a store the carrier that was chosen for it."""
    chosen = store.shipping_methods.exclude(carrier="")
    return dict(chosen.values_list("code", "carrier"))


def note_seen(store: Store, records: Sequence[FulfillmentOrderRecord]) -> None:
    """Keep the methods that orders name, in one statement; those that are known stay as they are.

    In the order of their codes, so that two who do it at once do not wait for each other.
    """
    named = {record.shipping_code[:128]: record.shipping_name[:255] for record in records}
    ShippingMethod.objects.bulk_create(
        (
            ShippingMethod(store=store, code=code, name=named[code])
            for code in sorted(named)
            if code.strip()
        ),
        ignore_conflicts=True,
    )
