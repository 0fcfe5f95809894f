"""The examples of Fulfillment.com's contract, and a client of ours on a server of a few lines."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from platforms.fulfillment_com import FULFILLMENT_COM
from platforms.fulfillment_com.client import FulfillmentComClient
from platforms.http import Transport
from platforms.partner_records import HandOver, PartnerLine
from platforms.records import Address
from tests.platforms.contract import CONTRACTS
from tests.platforms.contract import example as example_of

CONTRACT = CONTRACTS / "fulfillment_com"
TOKEN = "tok-n3ver-to-be-seen"
SECRETS = {
    "fdc_client_id": "client-9f2",
    "fdc_client_secret": "client-secret-n3ver-to-be-seen",
    "fdc_username": "integration@northwind.example",
    "fdc_password": "password n3ver to be seen",
}
LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()
VALID = {**SECRETS, "fdc_access_token": TOKEN, "fdc_token_until": LATER}
AMARA = Address(
    first_name="Amara",
    last_name="Osei",
    company="Osei Studio",
    line1="418 Maple Hollow Road",
    line2="Unit 6",
    city="Savannah",
    region="GA",
    postcode="31401",
    country="US",
    phone="+1 912 555 0143",
)
ORDER = HandOver(
    reference="NW-10482",
    address=AMARA,
    email="amara.osei@example.com",
    shipping_method="Ground",
    lines=(
        PartnerLine("NW-MUG-BLUE", 2, Decimal("14.5")),
        PartnerLine("NW-TEA-SET", 1, Decimal("129.99")),
    ),
    notes="Gift, no price slip",
)


def example(name: str) -> Any:
    """Return the content of one example, by its file name without the ending."""
    return example_of(f"{name}.json", CONTRACT)


def listed() -> list[dict[str, str]]:
    """Return what the index says of each example."""
    found: list[dict[str, str]] = example("index")
    return found


def status_rows() -> list[dict[str, str]]:
    """Return the rows of the table of statuses."""
    with (CONTRACT / "status_codes.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def connected(way: Transport, **options: Any) -> FulfillmentComClient:
    """A client whose token is good for a day."""
    return FulfillmentComClient(VALID, way, FULFILLMENT_COM.filled_in(options))
