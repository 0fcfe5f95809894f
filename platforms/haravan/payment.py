"""What is still to be paid of an order, and whether the carrier collects it. No network here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from platforms.errors import Malformed
from platforms.haravan.money import read_money
from platforms.haravan.words import SUCCEEDED, Payment, read_payment, read_word
from platforms.records import Cash
from platforms.values import describe, read_text

CURRENCY = "VND"
UNSAID = "Partly paid, and the store does not say how much: ask the merchant before collecting."
_TAKEN = frozenset({"capture", "sale"})
_GIVEN_BACK = "refund"
# An authorized order is held by the bank for the merchant, who takes it when we ship.
_PAID = frozenset({Payment.PAID, Payment.AUTHORIZED, Payment.PARTIALLY_REFUNDED})
_OVER = frozenset({Payment.REFUNDED, Payment.VOIDED})


def is_on_delivery(order: Mapping[str, Any]) -> bool:
    """Tell whether the customer pays the carrier. Contract haravan, section 11."""
    if read_word(order.get("gateway_code")) == "cod":
        return True
    return any(each.get("is_cod_gateway") is True for each in _transactions(order))


def is_settled(order: Mapping[str, Any]) -> bool:
    """Tell whether nothing has to be paid any more, or the carrier collects what has to be."""
    payment = read_payment(order.get("financial_status"))
    if payment in _PAID or (is_on_delivery(order) and payment not in _OVER):
        return True
    return read_money(order.get("total_price")) == 0


def read_cash(order: Mapping[str, Any]) -> Cash | None:
    """Return what the carrier is to collect; None where that is nothing.

    The store has no field for it: it is the price, less what was paid, plus what was given back.
    Raises Malformed where an amount cannot be read: a parcel would leave without its price.
    Contract haravan, section 11.
    """
    payment = read_payment(order.get("financial_status"))
    if not is_on_delivery(order) or payment in _PAID | _OVER:
        return None
    due = _amount(order, "total_price") - paid_so_far(order)
    currency = read_text(order.get("currency")).strip().upper() or CURRENCY
    return Cash(due, currency) if due > 0 else None


def paid_so_far(order: Mapping[str, Any]) -> Decimal:
    """Return what was paid and not given back; raises Malformed."""
    paid = Decimal(0)
    for each in _transactions(order):
        if read_word(each.get("status")) not in SUCCEEDED:
            continue
        kind = read_word(each.get("kind"))
        if kind in _TAKEN:
            paid += _amount(each, "amount")
        elif kind == _GIVEN_BACK:
            paid -= _amount(each, "amount")
    return paid


def remark(order: Mapping[str, Any]) -> str:
    """Return a warning for whoever packs where the amount to collect cannot be trusted."""
    partly = read_payment(order.get("financial_status")) is Payment.PARTIALLY_PAID
    return UNSAID if partly and read_cash(order) and not paid_so_far(order) else ""


def _amount(holder: Mapping[str, Any], name: str) -> Decimal:
    value = holder.get(name)
    amount = read_money(value)
    if amount is None and value is not None:
        raise Malformed(f"{name} is {describe(value)}, and no amount that we can read.")
    if amount is None and name == "total_price":
        raise Malformed("The carrier is to collect the price, and the order does not say it.")
    return amount or Decimal(0)


def _transactions(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = order.get("transactions")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
