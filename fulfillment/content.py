"""What a person decides on when a store asks for an order: address, lines, method, place."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fulfillment.models import FulfillmentOrder, Line
from locations.models import Location
from platforms.records import Address, FulfillmentOrderRecord, LineRecord


@dataclass(frozen=True, slots=True)
class Content:
    """The part of a record that is agreed upon when we accept."""

    address: Address | None
    shipping_code: str
    shipping_name: str
    location_ref: str
    location_name: str
    lines: tuple[LineRecord, ...]

    @classmethod
    def of(cls, record: FulfillmentOrderRecord) -> "Content":
        """Return the content of a record."""
        return cls(
            record.address,
            record.shipping_code,
            record.shipping_name,
            record.location_ref,
            record.location_name,
            record.lines,
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Content":
        """Return what `as_json` wrote."""
        address = Address(**kept["address"]) if kept["address"] else None
        lines = tuple(LineRecord(**line) for line in kept["lines"])
        return cls(**{**kept, "address": address, "lines": lines})

    def as_json(self) -> dict[str, Any]:
        """Return it in the form that a JSON column keeps."""
        return {**asdict(self), "lines": [asdict(line) for line in self.lines]}

    def fingerprint(self) -> str:
        """Return a digest; what differs in it was changed."""
        facts = [
            asdict(self.address) if self.address else None,
            [(line.ref, line.sku, units(line)) for line in self.lines],
            self.shipping_code,
            self.location_ref,
        ]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def fingerprint(record: FulfillmentOrderRecord) -> str:
    """Return the digest of a record's content."""
    return Content.of(record).fingerprint()


def units(line: LineRecord) -> int:
    """Return how many units of a line to ship (contract next29, section 9.3)."""
    return (line.open_quantity if line.open_quantity is not None else line.quantity) or 0


def write(row: FulfillmentOrder, content: Content, places: Mapping[str, Location]) -> None:
    """Write all but the lines into the row. The caller saves."""
    address = content.address
    row.address = FulfillmentOrder.address_as_json(address)
    row.recipient = f"{address.first_name} {address.last_name}".strip() if address else ""
    row.shipping_code = content.shipping_code[:128]
    row.shipping_name = content.shipping_name[:255]
    row.location_ref = content.location_ref[:64]
    row.location_name = content.location_name[:255]
    row.location = places.get(content.location_ref)
    row.warehouse = row.location.warehouse if row.location else None
    row.fingerprint = content.fingerprint()


def new_line(row: FulfillmentOrder, line: LineRecord) -> Line:
    """Return a line that is not saved yet."""
    return Line(
        fulfillment_order=row,
        ref=line.ref,
        order_line_ref=line.order_line_ref,
        sku=line.sku[:255],
        title=line.title[:500],
        image_url=line.image_url[:1000],
        note=line.note,
        ordered=units(line),
        open=units(line),
    )


def places_of(store_id: int) -> dict[str, Location]:
    """Return our locations at a store by their number there."""
    places = Location.objects.select_related("warehouse").filter(store=store_id).exclude(ref="")
    return {place.ref: place for place in places}
