"""Writes answers of the second generation, so that Cangaroo takes them too. Contract, 5 and 12."""

from collections.abc import Mapping, Sequence
from typing import Any

from platforms.desk import Answered, Asked, Operation, Outcome, Packed, Reply, Said, Shown, StockRow
from platforms.spree_hub.calls import SINCE
from platforms.spree_hub.envelope import dump
from platforms.spree_hub.shipped import cost_of, items_of, moment, texts_of, trackings

NOT_DONE = (Outcome.REFUSED, Outcome.FAILED, Outcome.NOTHING)
NOTHING_THERE = "The request has no shipment and no order."
# Our finer word, and what a store can understand. Contract, section 8.3.
STATUSES: Mapping[str, str] = {
    "accepted": "ready",
    "canceled": "canceled",
    "shipped": "shipped",
    "shipped_short": "shipped",
}


def write_second(asked: Asked, answered: Answered, options: Mapping[str, Any]) -> Reply:
    """Return the answer: with an array, even an empty one, and nothing that is not an array.

    What was not done is a 500. Contract, sections 5.2 and 12.
    """
    if answered.outcome in NOT_DONE:
        return failed(asked.correlation_id, answered.said)
    body: dict[str, Any] = {"request_id": asked.correlation_id}
    if answered.said:
        doubt = "Warning: " if answered.outcome == Outcome.DOUBT else ""
        body["summary"] = doubt + " ".join(each.text for each in answered.said)
    if answered.watermark:
        body["parameters"] = {SINCE: answered.watermark, **_page(asked, answered)}
    body |= _array(asked, answered)
    return Reply(206 if answered.more else 200, dump(body))


def failed(request_id: str, said: Sequence[Said]) -> Reply:
    """Return the answer to what was not done, whether it may be sent again or not."""
    texts = [_why(each) for each in said] or [NOTHING_THERE]
    return Reply(500, dump({"request_id": request_id, "summary": " ".join(texts)}))


def _why(said: Said) -> str:
    refused = said.outcome == Outcome.REFUSED
    return f"{said.subject}: {said.text}" if refused else said.text


def _page(asked: Asked, answered: Answered) -> dict[str, int]:
    if not asked.page:
        return {}
    return {"page": asked.page + 1 if answered.more else 1}


def _array(asked: Asked, answered: Answered) -> dict[str, Any]:
    match asked.operation:
        case Operation.STOCK:
            return {"inventories": [_stock(row) for row in answered.stock]}
        case Operation.CHECK_ADDRESS:
            return {"orders": []}
        case _:
            return {"shipments": [shipment(each) for each in answered.changed]}


def _stock(row: StockRow) -> dict[str, Any]:
    made = {
        "id": f"{row.sku}@{row.location}",
        "product_id": row.sku,
        "location": row.location,
        "quantity": row.quantity,
    }
    return {**made, "updated_at": moment(row.changed_at, exact=True)} if row.changed_at else made


def shipment(shown: Shown) -> dict[str, Any]:
    """Return a shipment with what was received of it unchanged. Contract, section 8.3."""
    made: dict[str, Any] = {
        "id": shown.ref,
        "order_id": shown.order_ref,
        "status": STATUSES[shown.state],
        **texts_of(shown.raw),
    }
    if (cost := cost_of(shown.raw)) is not None:
        made["cost"] = cost
    if (items := items_of(shown.raw)) is not None:
        made["items"] = items
    if shown.shipped_at:
        made |= _departure(shown)
    return {**made, "fulfillment_status": shown.state}


def _departure(shown: Shown) -> dict[str, Any]:
    links = [box.tracking_link for box in shown.boxes if box.tracking_link]
    carriers = [box.carrier for box in shown.boxes]
    made: dict[str, Any] = {
        "tracking": trackings(shown),
        "tracking_numbers": [box.tracking_code for box in shown.boxes],
        **({"tracking_url": links[0]} if links else {}),
        **({"carrier": carriers[0]} if carriers else {}),
        "shipped_at": moment(shown.shipped_at),
    }
    if shown.changed_at:
        made["updated_at"] = moment(shown.changed_at, exact=True)
    if shown.state == "shipped_short":
        made["shipped_items"] = _packed(shown.left)
    packages = [
        {"tracking": box.tracking_code, "items": _packed(box.items)}
        for box in shown.boxes
        if box.items
    ]
    return {**made, "packages": packages} if packages else made


def _packed(items: Sequence[Packed]) -> list[dict[str, Any]]:
    return [{"product_id": each.sku, "quantity": each.quantity} for each in items]
