"""Moments, recipients and whoever did something, as the contract shows them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from api.countries import COUNTRIES
from api.models import Consignee
from platforms.fulfillment_com.wire import ADDRESS_FIELDS

SENT = (*ADDRESS_FIELDS.values(), "email")
OPTIONAL = ("companyName", "address2", "phone", "email")


def moment(value: datetime) -> str:
    """Write an instant, to the second."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def maybe(**nodes: Any) -> dict[str, Any]:
    """Return the nodes that have a value."""
    return {name: value for name, value in nodes.items() if value is not None}


def by(user_id: int | None, name: str = "createdBy") -> dict[str, Any]:
    """Say who did it, where that is known."""
    return {name: {"id": user_id}} if user_id else {}


def consignee(row: Consignee, address: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Show a recipient as it was sent; or with another address, as it was checked."""
    sent = dict(row.sent)
    if address:
        sent |= {theirs: address.get(ours, "") for ours, theirs in ADDRESS_FIELDS.items()}
    return {
        "id": row.pk,
        **{
            name: str(sent.get(name) or "")
            for name in SENT
            if name not in OPTIONAL or sent.get(name)
        },
        **_iso(str(sent.get("country") or "")),
        "updatedAt": moment(row.updated_at),
        **by(row.updated_by_id, "updatedBy"),
    }


def _iso(country: str) -> dict[str, Any]:
    found = COUNTRIES.get(country.strip().upper())
    return {"iso": {"id": found.id, "iso2": found.iso2, "name": found.name}} if found else {}
