"""Fulfillment.com's APIv2: a partner warehouse that we hand orders to, and then ask about them."""

from typing import Any

from platforms.fulfillment_com.addresses import API, TOKENS
from platforms.fulfillment_com.answers import LABEL
from platforms.fulfillment_com.client import FulfillmentComClient
from platforms.fulfillment_com.tokens import (
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    USERNAME,
    renew,
)
from platforms.interface import CredentialField, Option
from platforms.partners import Partner
from platforms.secret_ways import check_url
from platforms.values import read_id

CREDENTIALS = (
    CredentialField(CLIENT_ID, "Client id", "The partner issues it to you, with a secret."),
    CredentialField(CLIENT_SECRET, "Client secret"),
    CredentialField(
        USERNAME,
        "User name",
        "Of a login that only this product uses: the partner writes down who changed what.",
    ),
    CredentialField(PASSWORD, "Password"),
)


def check_number(value: Any) -> None:
    """Raise ValueError, in words, for what is neither empty nor a number."""
    if str(value).strip() and not read_id(str(value).strip()):
        raise ValueError(f"{str(value)[:80]!r} is no number.")


OPTIONS = (
    Option("token_url", "Token address", TOKENS, "Where tokens are given.", check_url),
    Option(
        "token_as_form",
        "Ask for tokens with a form",
        False,
        "Some partners take no JSON there.",
    ),
    Option(
        "merchant_id",
        "Merchant id",
        "",
        "Your number at the partner. Needed where one login serves several merchants.",
        check_number,
    ),
    Option(
        "warehouse_id",
        "Warehouse id",
        "",
        "Only if orders are to go to one of the partner's buildings; ask the partner for leave.",
        check_number,
    ),
    Option(
        "integrator",
        "Sales channel",
        "",
        "Such as Custom; ask the partner whether you may send one.",
    ),
    # Contract fulfillment_com, section 7: both are required, also where no shopper gave them.
    Option("phone", "Telephone", "", "Sent where the shopper gave none."),
    Option("email", "E-mail", "", "Sent where the shopper gave none."),
)
FULFILLMENT_COM = Partner(
    key="fulfillment_com",
    label=LABEL,
    credentials=CREDENTIALS,
    connect=FulfillmentComClient,
    renew=renew,
    # Ours: no limit is published, and there is no hurry.
    requests_per_second=2.0,
    base_url=API,
    check_url=check_url,
    options=OPTIONS,
)
