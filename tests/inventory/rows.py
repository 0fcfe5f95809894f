"""Stock as the floor finds it: products with barcodes, goods on their way, units on a shelf."""

import itertools
import uuid

from inventory import counting, transferring
from inventory.models import (
    Barcode,
    Inbound,
    InboundLine,
    Product,
    StockLevel,
    Stocktake,
    Transfer,
    TransferLine,
)
from inventory.receiving import Arrived, receive
from locations.models import Location, Merchant, Warehouse
from tests.factories import ProductFactory
from tests.inventory.shelf import put

NUMBERS = itertools.count(1)


def product(merchant: Merchant, sku: str, *barcodes: str) -> Product:
    """A product of this merchant, made where there is none yet."""
    found = Product.objects.filter(merchant=merchant, sku=sku).first()
    found = found or ProductFactory(merchant=merchant, sku=sku)
    for code in barcodes:
        Barcode.objects.get_or_create(product=found, merchant=merchant, code=code)
    return found


def inbound(place: Location, **units: int) -> Inbound:
    """An inbound to the warehouse of this location, with so many units by SKU."""
    merchant = place.store.merchant
    row = Inbound.objects.create(
        merchant=merchant, warehouse=place.warehouse, reference=f"PO-{next(NUMBERS)}"
    )
    for sku, expected in units.items():
        InboundLine.objects.create(inbound=row, product=product(merchant, sku), expected=expected)
    return row


def received(row: Inbound, units: int | None = None) -> Inbound:
    """So many units of each line have come; all of them unless said otherwise."""
    came = {line.pk: Arrived(units or line.expected) for line in row.lines.all()}
    receive(row.pk, came, submission=uuid.uuid4(), by=None)
    row.refresh_from_db()
    return row


def stock(warehouse: Warehouse, item: Product, units: int) -> StockLevel:
    """So many units more lie there."""
    return put(item, warehouse, units)


def on_hand(warehouse: Warehouse, item: Product) -> int:
    """How many the books have there."""
    level = StockLevel.objects.filter(product=item, warehouse=warehouse).first()
    return level.on_hand if level else 0


def transfer(source: Warehouse, target: Warehouse, *goods: tuple[Product, int]) -> Transfer:
    """A transfer that has not been sent."""
    row = Transfer.objects.create(
        merchant=goods[0][0].merchant, source=source, target=target, note="For the weekend"
    )
    for item, units in goods:
        TransferLine.objects.create(transfer=row, product=item, quantity=units)
    return row


def sent(row: Transfer) -> Transfer:
    transferring.send(row.pk, by=None)
    row.refresh_from_db()
    return row


def count(warehouse: Warehouse, *items: Product) -> Stocktake:
    """A count of these products."""
    return counting.begin(warehouse, products=items, by=None)


def counted(row: Stocktake, units: int) -> Stocktake:
    """So many of each were counted, and it waits for a review."""
    counting.note(row.pk, {line.pk: units for line in row.lines.all()}, by=None)
    return counting.finish(row.pk, by=None)
