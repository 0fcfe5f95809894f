"""Fields that take a value of their own JSON type and no other, and read a whole body.

Contract fulfillment_com, section 4: 400 where something is missing or of a wrong type, 422 where
the type is right and the value is not.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from api import errors

WRONG_TYPE = frozenset({"required", "null", "invalid", "not_a_list"})
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", re.ASCII)
LONGEST_VALUE = 24
LARGEST = 2**31 - 1


class Text(serializers.CharField):
    """A text; blanks around it count."""

    default_error_messages = {
        "invalid": "must be a text",
        "blank": "must not be empty",
        "max_length": "must not be longer than {max_length} characters",
    }

    def __init__(self, longest: int = 255, *, blank: bool = True, **kwargs: Any) -> None:
        super().__init__(
            max_length=longest,
            allow_blank=blank,
            trim_whitespace=False,
            min_length=None if blank else 1,
            **kwargs,
        )

    def to_internal_value(self, data: Any) -> str:
        """Take a text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Whole(serializers.IntegerField):
    """A whole number, written as one."""

    default_error_messages = {
        "invalid": "must be a whole number",
        "min_value": "must be {min_value} or more",
        "max_value": "must be {max_value} or less",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_value": LARGEST, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        """Take a number; true is none."""
        if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
            self.fail("invalid")
        return int(data)


class Choice(serializers.ChoiceField):
    """One of several texts."""

    default_error_messages = {
        "invalid_choice": "is none of the values that are known",
        "invalid": "must be a text",
    }

    def to_internal_value(self, data: Any) -> str:
        """Take a text that is among them."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


@extend_schema_field(
    {
        "anyOf": [
            {"type": "string", "pattern": "^[0-9.]+$"},
            {"type": "number", "minimum": 0},
        ]
    }
)
class Value(serializers.Field[Any, Any, Any, Any]):
    """An amount, as text or as a number; kept as text. Contract, section 11, rows 12 and 13."""

    default_error_messages = {
        "invalid": "must be a text or a number",
        "not_decimal": "must be a decimal number",
    }

    def to_internal_value(self, data: Any) -> str:
        """Take a decimal number that is not below zero."""
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            self.fail("invalid")
        text = data if isinstance(data, str) else f"{Decimal(str(data)):f}"
        if len(text) > LONGEST_VALUE or not _DECIMAL.fullmatch(text):
            self.fail("not_decimal")
        return text

    def to_representation(self, value: Any) -> str:
        """Show it as text."""
        return str(value)


class Number(serializers.FloatField):
    """A number, written as one."""

    default_error_messages = {"invalid": "must be a number"}

    def to_internal_value(self, data: Any) -> float:
        """Take a number; true is none."""
        if isinstance(data, bool) or not isinstance(data, int | float) or abs(data) > LARGEST:
            self.fail("invalid")
        return float(data)


def read(
    kind: "type[serializers.Serializer[Any]]", body: Any, *, only_400: bool = False
) -> dict[str, Any]:
    """Return what a body says; raises 400 or, unless the operation has none, 422."""
    given = kind(data=without_nothing(body))
    if given.is_valid():
        found: dict[str, Any] = given.validated_data
        return found
    faults = list(_faults(given.errors))
    if only_400 or any(fault.code in WRONG_TYPE for _, fault in faults):
        raise errors.bad_request()
    raise errors.not_acceptable({path: str(fault) for path, fault in faults})


def without_nothing(value: Any) -> Any:
    """Return a body without what is null: to us it is the same as absent."""
    if isinstance(value, dict):
        return {k: without_nothing(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nothing(each) for each in value]
    return value


def _faults(found: Any, path: str = "") -> Iterator[tuple[str, ErrorDetail]]:
    if isinstance(found, ErrorDetail):
        yield path.removesuffix(".non_field_errors"), found
    elif isinstance(found, Mapping):
        for name, inner in found.items():
            yield from _faults(inner, f"{path}.{name}" if path else str(name))
    elif all(isinstance(each, ErrorDetail) for each in found):
        yield from _faults(found[0], path)
    else:
        for number, inner in enumerate(found):
            yield from _faults(inner, f"{path}.{number}" if path else str(number))
