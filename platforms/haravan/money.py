"""Reads money, which comes as text and as a number, without losing a dong."""

from decimal import Decimal, InvalidOperation
from typing import Any

_SMALLEST = Decimal("0.0001")
_LARGEST = Decimal(10) ** 22


def read_money(value: Any) -> Decimal | None:
    """Return an amount; None for null and for what is no amount.

    A JSON number has come through a float. Its shortest text is the number that was written, as
    long as that had no more than 15 digits: hundreds of billions with the four decimals that there
    can be. Contract haravan, section 3.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        return None
    # A dong has no cents: shown without the zeros that the wire adds.
    if amount == amount.to_integral_value():
        return amount.quantize(Decimal(1))
    return round(amount, 4).normalize() if amount.quantize(_SMALLEST) else Decimal(0)
