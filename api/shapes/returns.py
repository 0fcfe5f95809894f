"""Returns as the contract shows them: announced ones, and those that simply came.

Both are in one list. The id of one that was announced is odd, that of the others even.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from api.models import ExpectedItem, ExpectedReturn
from api.shapes.common import consignee, moment
from fulfillment.models import Line, Return, ReturnLine
from inventory.models import Product

EXPECTED, PROCESSED = {"id": 1, "title": "Expected"}, {"id": 3, "title": "Processed"}
ANNOUNCED, UNANNOUNCED = {"id": 1, "title": "Merchant RMA"}, {"id": 2, "title": "Unannounced"}
NOT_FOR_SALE: Mapping[str, dict[str, Any]] = {
    "damaged": {"id": 4, "title": "Damaged"},
    "quarantine": {"id": 5, "title": "In quarantine"},
}
NOT_BOOKED = {"id": 6, "title": "Not counted in the stock"}
NOBODY = 0


def announced_id(pk: int) -> int:
    """Return the id of a return that was announced."""
    return 2 * pk + 1


def unannounced_id(pk: int) -> int:
    """Return the id of a return that simply came."""
    return 2 * pk


def rma(row: ExpectedReturn) -> dict[str, Any]:
    """Show an announced return to whoever announced it."""
    return {
        "rmaNumber": row.rma_number,
        **({"merchantOrderId": row.order.merchant_order_id} if row.order else {}),
        "recipient": {
            name: value
            for name, value in consignee(row.consignee).items()
            # A client of the publisher's can read it only without. Contract, section 12.
            if name != "updatedBy"
        },
        "items": [{"sku": i.sku, "quantityExpected": i.quantity} for i in row.items.all()],
    }


def announced(row: ExpectedReturn) -> dict[str, Any]:
    """Show an announced return, and what has come of it."""
    came = list(row.came_with.lines.all()) if row.came_with else []
    order = row.order
    return {
        "id": announced_id(row.pk),
        "order": _order(order) if order else None,
        "rmaNumber": row.rma_number,
        "status": PROCESSED if row.processed_at else EXPECTED,
        "reason": ANNOUNCED,
        "returnedBy": str(row.consignee) or None,
        "comments": (row.came_with.note or None) if row.came_with else None,
        "rmaItems": list(_items(list(row.items.all()), came)),
        "createdAt": moment(row.created_at),
        "createdBy": {"id": row.created_by_id or NOBODY},
        "updatedAt": moment(row.updated_at),
        "updatedBy": {"id": row.updated_by_id or NOBODY},
    }


def unannounced(row: Return, products: Mapping[tuple[int, str], Product]) -> dict[str, Any]:
    """Show a return that nobody announced."""
    order = row.fulfillment_order.as_placed
    lines = list(row.lines.all())
    items = [
        _item(
            line.pk,
            products.get((order.merchant_id, line.line.sku)),
            line.line.sku,
            None,
            [line],
        )
        for line in lines
    ]
    return {
        "id": unannounced_id(row.pk),
        "order": _order(order),
        "rmaNumber": None,
        "status": PROCESSED,
        "reason": UNANNOUNCED,
        "returnedBy": str(order.consignee) or None,
        "comments": row.note or None,
        "rmaItems": items,
        "createdAt": moment(row.at),
        "createdBy": {"id": row.by_id or NOBODY},
        "updatedAt": moment(row.at),
        "updatedBy": {"id": row.by_id or NOBODY},
    }


def _order(order: Any) -> dict[str, Any]:
    return {
        "id": order.fulfillment_order_id,
        "merchantId": order.merchant_id,
        "merchantOrderId": order.merchant_order_id,
    }


def _items(expected: Iterable[ExpectedItem], came: list[ReturnLine]) -> Iterable[dict[str, Any]]:
    """What came of something that was not announced is shown beside it."""
    left = list(came)
    for item in expected:
        mine = [line for line in left if line.line.sku in (item.sku, item.product.sku)]
        left = [line for line in left if line not in mine]
        yield _item(announced_id(item.pk), item.product, item.sku, item.quantity, mine)
    for line in left:
        yield _item(unannounced_id(line.pk), None, line.line.sku, None, [line])


def _item(
    item_id: int,
    product: Product | None,
    sku: str,
    expected: int | None,
    came: list[ReturnLine],
) -> dict[str, Any]:
    lines: list[Line] = [each.line for each in came]
    kept = [each for each in came if each.booked and not each.condition]
    lost = [each for each in came if each not in kept]
    why = NOT_FOR_SALE.get(lost[0].condition, NOT_BOOKED) if lost else None
    return {
        "id": item_id,
        "item": {
            "id": product.pk if product else (lines[0].pk if lines else 0),
            "sku": sku,
            "name": (product.title if product else "") or sku,
        },
        "quantityExpected": expected,
        "quantityShipped": sum(line.shipped for line in {line.pk: line for line in lines}.values()),
        "quantityReturned": sum(each.quantity for each in came),
        "quantityRestocked": sum(each.quantity for each in kept),
        "nonRestockedReason": why,
        "comments": None,
    }
