"""The settings of a store that only Haravan has. Contract haravan, section 20."""

import re
from typing import Any
from urllib.parse import urlsplit

from platforms.haravan.api import MOST_A_PAGE
from platforms.interface import Option

STOCK_REASONS = (
    "newproduct",
    "returned",
    "productionofgoods",
    "damaged",
    "shrinkage",
    "promotion",
    "transfer",
)
CARRIERS = "carriers"


def _number_or_nothing(value: Any) -> None:
    if value and not re.fullmatch(r"\d{1,20}", str(value).strip(), re.ASCII):
        raise ValueError("An organisation is a number, such as 200000918273.")


def _prefix(value: Any) -> None:
    if value not in ("com", "admin"):
        raise ValueError("The prefix is com, or admin at a store's own older address.")


def _page_size(value: Any) -> None:
    if not 1 <= int(value) <= MOST_A_PAGE:
        raise ValueError(f"A page has from 1 to {MOST_A_PAGE} orders.")


def _host(value: Any) -> None:
    parts = urlsplit(str(value))
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ValueError("Write an https address, such as https://webhook.haravan.com.")


def _reason(value: Any) -> None:
    if value not in STOCK_REASONS:
        raise ValueError(f"The reason is one of {', '.join(STOCK_REASONS)}.")


OPTIONS = (
    Option(
        "org_id",
        "Organisation",
        "",
        "The shop's number, which the test of the connection says. Messages that name another "
        "one are not believed.",
        _number_or_nothing,
    ),
    Option(
        "pick_unconfirmed",
        "Ship orders that are not confirmed",
        False,
        "Usually we wait until the merchant's staff has confirmed an order.",
    ),
    Option(
        "pick_unpaid",
        "Ship orders that are not paid",
        False,
        "Usually we wait for the money, unless the carrier collects it.",
    ),
    Option(
        CARRIERS,
        "Own carriers",
        "",
        "One a line, as code = name. The store shows the customer the name.",
        lines=True,
    ),
    Option(
        "verify_token",
        "Verify token",
        "",
        "What Haravan has to know when it asks whether our address is ours; app webhooks only.",
    ),
    Option("path_prefix", "Path prefix", "com", "admin at a store's own older address.", _prefix),
    Option("page_size", "Orders a page", MOST_A_PAGE, check=_page_size),
    Option(
        "stock_reason",
        "Reason of a stock level",
        "shrinkage",
        "What the store writes beside a level that we set.",
        _reason,
    ),
    Option(
        "webhook_url",
        "Address for subscriptions",
        "https://webhook.haravan.com",
        check=_host,
    ),
)
