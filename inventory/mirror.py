"""Writes what a store says of its stock into our rows, and finds the product of each record.

Run twice with the same entries it changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from inventory import skus
from inventory.models import Mapped, StockRecord
from locations.models import Location, Store
from platforms.records import StockEntry

WRITTEN = ("location", "sku", "title", "product_ref", "level", "reserved", "read_at", "gone_at")
# Two records of a location that share a SKU, also but for its case, are never guessed at (contract
# next29, section 13), unless a person has chosen one of them.
MAP = """
    UPDATE inventory_stockrecord record SET
        product_id = found.product_id, mapped = found.mapped, remark = found.remark
    FROM (
        SELECT id, by_hand,
            CASE WHEN mapped = 'yes' THEN product_id END AS product_id,
            mapped,
            CASE mapped
                WHEN 'ambiguous' THEN same || ' records of this location have this SKU, give or '
                    'take its case. Choose the one that is to be told.'
                WHEN 'left_out' THEN 'Another record of this SKU was chosen.'
                WHEN 'unknown' THEN CASE WHEN sku = '' THEN 'The record has no SKU.'
                    ELSE 'No product has this SKU.' END
                ELSE ''
            END AS remark
        FROM (
            SELECT record.id, record.sku, record.by_hand, kin.same,
                COALESCE(product.id, alias.product_id) AS product_id,
                CASE
                    WHEN COALESCE(product.id, alias.product_id) IS NULL THEN 'unknown'
                    WHEN kin.same > 1 AND kin.chosen = 0 THEN 'ambiguous'
                    WHEN kin.same > 1 AND NOT record.by_hand THEN 'left_out'
                    ELSE 'yes'
                END AS mapped
            FROM inventory_stockrecord record
            JOIN (
                SELECT location_id, upper(sku) AS any_case, COUNT(*) AS same,
                    COUNT(*) FILTER (WHERE by_hand) AS chosen
                FROM inventory_stockrecord
                WHERE store_id = %(store)s AND gone_at IS NULL
                GROUP BY location_id, upper(sku)
            ) kin ON kin.location_id = record.location_id AND kin.any_case = upper(record.sku)
            LEFT JOIN inventory_product product
                ON product.merchant_id = %(merchant)s AND product.sku = record.sku
                AND record.sku <> ''
            LEFT JOIN inventory_skualias alias
                ON alias.merchant_id = %(merchant)s AND alias.sku = record.sku
            WHERE record.store_id = %(store)s AND record.gone_at IS NULL
        ) judged
    ) found
    WHERE record.id = found.id
        AND (record.product_id, record.mapped, record.remark)
        IS DISTINCT FROM (found.product_id, found.mapped, found.remark)
"""


@transaction.atomic
def mirror(store: Store, entries: Sequence[StockEntry], read_at: datetime) -> int:
    """Create or update one row per entry, in one statement; return how many were written.

    A record that was told or read after the question was sent keeps what it says.
    """
    places = {
        place.ref: place
        for place in Location.objects.filter(store=store).exclude(ref="").only("id", "ref")
    }
    by_ref = {entry.ref: entry for entry in entries if entry.location_ref in places}
    newer = set(
        store.stock_records.filter(ref__in=by_ref, read_at__gt=read_at).values_list(
            "ref", flat=True
        )
    )
    rows = [
        _row(store, places[entry.location_ref], entry, read_at)
        for ref, entry in sorted(by_ref.items())
        if ref not in newer
    ]
    StockRecord.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["store", "ref"], update_fields=WRITTEN
    )
    return len(rows)


def _row(store: Store, place: Location, entry: StockEntry, read_at: datetime) -> StockRecord:
    return StockRecord(
        store=store,
        location=place,
        ref=entry.ref[:64],
        sku=entry.sku[:255],
        title=entry.title[:500],
        product_ref=entry.product_ref[:64],
        level=entry.level,
        reserved=entry.reserved,
        read_at=read_at,
    )


def note_gone(store: Store, read_since: datetime) -> int:
    """Mark the records that a reading of all of them has not shown. Returns how many."""
    gone = store.stock_records.filter(read_at__lt=read_since, gone_at=None)
    return gone.update(gone_at=timezone.now())


@transaction.atomic
def map_records(store: Store) -> None:
    """Find the product of each record of the store anew, and remember the SKUs without one."""
    with connection.cursor() as cursor:
        cursor.execute(MAP, {"store": store.pk, "merchant": store.merchant_id})
    unknown = store.stock_records.filter(mapped=Mapped.UNKNOWN, gone_at=None).exclude(sku="")
    skus.remember(store.merchant_id, dict(unknown.values_list("sku", "title")), in_records=True)


@transaction.atomic
def choose(record_ids: Iterable[int]) -> int:
    """Take these of several records with one SKU as the ones to be told. Returns how many."""
    records = list(
        StockRecord.objects.select_for_update(of=("self",))
        .select_related("store")
        .filter(pk__in=list(record_ids), mapped__in=[Mapped.AMBIGUOUS, Mapped.LEFT_OUT])
        .order_by("pk")
    )
    for record in records:
        kin = StockRecord.objects.filter(
            store=record.store, location=record.location_id, sku__iexact=record.sku
        )
        kin.update(by_hand=False)
        StockRecord.objects.filter(pk=record.pk).update(by_hand=True)
    for store in {record.store for record in records}:
        map_records(store)
    return len(records)


def doubt(store: Store, skus_shipped: Iterable[str]) -> None:
    """Look at these records again: a store may lower its figures when it is told of a shipment."""
    store.stock_records.filter(sku__in=set(skus_shipped) - {""}).update(doubtful=True)
