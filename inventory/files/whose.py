"""Whom the rows of a file are about: merchants and warehouses of the person who sent it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from inventory.files import columns
from inventory.files.rows import Row, Verdict
from inventory.scope import of_my_merchants
from locations.models import Merchant, Warehouse


@dataclass(frozen=True, slots=True)
class Asked:
    """Who sent the file, and the merchant of rows that name none."""

    user: Any
    merchant: Merchant | None = None

    def merchants(self) -> dict[str, Merchant]:
        """Return those whose goods the person works with, by name."""
        mine = Merchant.objects.filter(of_my_merchants(self.user, "pk"))
        found = {merchant.name: merchant for merchant in mine}
        if self.merchant and self.merchant in found.values():
            found[""] = self.merchant
        return found

    def warehouses(self) -> dict[str, Warehouse]:
        """Return those where the person works, by name."""
        return {place.name: place for place in Warehouse.objects.worked_by(self.user)}


def by_merchant(rows: Iterable[Row], asked: Asked) -> dict[Merchant, list[Row]]:
    """Return the rows of each merchant; what is wrong with the others is written into them."""
    known = asked.merchants()
    found: dict[Merchant, list[Row]] = {}
    for row in rows:
        name = row.get("merchant")
        if not row.get("sku"):
            row.becomes(Verdict.WRONG, "The sku is missing.")
        elif len(row.get("sku")) > 255:
            row.becomes(Verdict.WRONG, "The sku is longer than 255 characters.")
        elif wrong := columns.flaw(row, "sku", "barcodes", "other_skus"):
            row.becomes(Verdict.WRONG, wrong)
        elif name in known:
            found.setdefault(known[name], []).append(row)
        elif name:
            row.becomes(Verdict.WRONG, f"No merchant of yours is called “{name}”.")
        else:
            row.becomes(Verdict.WRONG, "The merchant is missing. Name it, or choose one above.")
    return found
