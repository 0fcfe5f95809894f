"""Writes answers of the first generation. Contract spree_hub, sections 4 and 7."""

from collections.abc import Mapping, Sequence
from typing import Any

from platforms.desk import Answered, Asked, Operation, Outcome, Reply, Said, Shown
from platforms.spree_hub.calls import MARKS
from platforms.spree_hub.envelope import dump
from platforms.spree_hub.options import PREFIX
from platforms.spree_hub.shipped import cost_of, moment, texts_of, trackings

# Contract, section 4.5.
LEVELS: Mapping[Outcome, str] = {
    Outcome.DONE: "info",
    Outcome.NOOP: "info",
    Outcome.NOTHING: "info",
    Outcome.DOUBT: "warn",
    Outcome.REFUSED: "error",
    Outcome.FAILED: "error",
}


def write_first(asked: Asked, answered: Answered, options: Mapping[str, Any]) -> Reply:
    """Return the canonical answer: empty lists are left out, and a refusal is a success."""
    if answered.outcome == Outcome.FAILED:
        return failed(asked.correlation_id, answered.said)
    parts = {
        "parameters": _parameters(asked, answered, options),
        "messages": _messages(asked, answered),
        "notifications": _notifications(asked, answered),
    }
    body = {"message_id": asked.correlation_id, **{k: v for k, v in parts.items() if v}}
    return Reply(206 if answered.more else 200, dump(body))


def failed(message_id: str, said: Sequence[Said]) -> Reply:
    """Return the answer to what should be sent again. Contract, section 4.8."""
    body = {
        "message_id": message_id,
        "error": " ".join(each.text for each in said),
        "notifications": [_notification(each) for each in said],
    }
    return Reply(500, dump(body))


def _parameters(
    asked: Asked, answered: Answered, options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if not answered.watermark:
        return []
    values: dict[str, Any] = {MARKS[asked.operation]: answered.watermark}
    if asked.page:
        values["page"] = asked.page + 1 if answered.more else 1
    return [{"name": f"{options[PREFIX]}.{name}", "value": each} for name, each in values.items()]


def _messages(asked: Asked, answered: Answered) -> list[dict[str, Any]]:
    if asked.operation == Operation.STOCK:
        totals = {row.sku: row.total for row in answered.stock}
        rows = [{"sku": sku, "quantity": units} for sku, units in totals.items()]
        return [{"message": "stock:actual", "payload": row} for row in rows]
    left = [each for each in (*answered.changed, *answered.gone) if each.shipped_at]
    return [
        {
            "message": "shipment:confirm",
            "payload": {"order": {}, "shipment": confirmed(each)},
            "inflate": True,
        }
        for each in left
    ]


def confirmed(shown: Shown) -> dict[str, Any]:
    """Return a shipment that left, as `shipment:confirm` has it. Contract, section 8.2."""
    echo = texts_of(shown.raw)
    tracking, when = trackings(shown), moment(shown.shipped_at)
    return {
        "number": shown.ref,
        "order_number": shown.order_ref,
        "tracking": tracking,
        "tracking_number": tracking,
        "tracking_url": next((box.tracking_link for box in shown.boxes if box.tracking_link), ""),
        "carrier": next((box.carrier for box in shown.boxes), ""),
        "shipped_at": when,
        "shipped_date": when,
        "delivery_date": "",
        "cost": cost_of(shown.raw) or 0.0,
        "status": "shipped",
        "stock_location": echo.get("stock_location") or "",
        "shipping_method": echo.get("shipping_method") or "",
        "items": [
            {"sku": each.sku, "quantity": each.quantity, "name": each.title} for each in shown.left
        ],
    }


def _notifications(asked: Asked, answered: Answered) -> list[dict[str, str]]:
    # The figures say it themselves.
    if asked.operation == Operation.STOCK and answered.outcome == Outcome.DONE:
        return []
    return [_notification(each) for each in answered.said]


def _notification(said: Said) -> dict[str, str]:
    return {"level": LEVELS[said.outcome], "subject": said.subject, "description": said.text}
