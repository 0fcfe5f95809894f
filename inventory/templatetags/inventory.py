"""What the pages of the floor draw more than once."""

import json
from collections.abc import Iterable
from typing import Any

from django import template

register = template.Library()


@register.filter
def codes(values: Iterable[str]) -> str:
    """Write codes as a script reads them; the template escapes it."""
    return json.dumps(list(values))


@register.inclusion_tag("inventory/units_table.html")
def units_table(
    form: Any, merchant: Any, all_label: str, units_label: str, with_damaged: bool
) -> dict[str, Any]:
    """Draw a field for scans, and a table with a number of units for each product."""
    return {
        "form": form,
        "merchant": merchant,
        "all_label": all_label,
        "units_label": units_label,
        "with_damaged": with_damaged,
    }
