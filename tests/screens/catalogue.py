"""A catalogue of many products with stock, written by the database itself."""

from django.db import connection

from locations.models import Warehouse
from tests.screens.conftest import House

PRODUCTS = """
    INSERT INTO inventory_product (merchant_id, sku, title, image_url, hs_code, origin,
        customs_text, customs_currency, counted, recount_promises)
    SELECT %(merchant)s, 'BULK-' || lpad(n::text, 7, '0'), 'Thing of kind ' || n %% 1000, '', '',
        '', '', '', true, false
    FROM generate_series(1, %(count)s) n
"""
BARCODES = """
    INSERT INTO inventory_barcode (product_id, merchant_id, code)
    SELECT id, merchant_id, '40' || substr(sku, 6) FROM inventory_product WHERE sku LIKE 'BULK-%'
"""
LEVELS = """
    INSERT INTO inventory_stocklevel (product_id, warehouse_id, on_hand, allocated, damaged,
        quarantine, safety, buffer, moves, moved_at)
    SELECT id, %s, id %% 90 + 1, 0, 0, 0, 0, 0, 1, now()
    FROM inventory_product WHERE sku LIKE 'BULK-%%'
"""
MOVEMENTS = """
    INSERT INTO inventory_stockmovement (level_id, number, kind, on_hand, allocated, damaged,
        quarantine, safety, buffer, on_hand_before, allocated_before, damaged_before,
        quarantine_before, safety_before, buffer_before, cause_model, cause, reason, at)
    SELECT id, 1, 'received', on_hand, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', now()
    FROM inventory_stocklevel WHERE warehouse_id = %s AND moves = 1
"""
TABLES = ("product", "barcode", "stocklevel", "stockmovement")


def stocked(house: House, count: int) -> Warehouse:
    """Put so many products on the shelves in Reno, each with a barcode and one movement."""
    warehouse = house.reno.warehouse
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, {"merchant": house.store.merchant_id, "count": count})
        cursor.execute(BARCODES)
        cursor.execute(LEVELS, [warehouse.pk])
        cursor.execute(MOVEMENTS, [warehouse.pk])
        for table in TABLES:
            cursor.execute(f"ANALYZE inventory_{table}")
    return warehouse
