"""What only a Spree hub has to be told of a store. Contract spree_hub, sections 3, 7 and 11."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from platforms.desk import Rules
from platforms.interface import Option
from platforms.zone import HINT, check_zone, read_zone

OPEN = "open"
HUB_STORE = "hub_store"
PREFIX = "prefix"
SERVED = "served"
UNKNOWN_SKUS = "refuses_unknown_skus"
PAGE_SIZE = "page_size"
PUSH_URL = "push_url"
CARRIERS = "carriers"
MOST_AT_ONCE = 500
_NAME = re.compile(r"[a-z_-]{1,60}")


def check_prefix(name: str) -> None:
    """Raise ValueError, in words, for a name that a manifest cannot have. Contract, section 11."""
    if not _NAME.fullmatch(str(name)):
        raise ValueError("A name has only lower-case letters, “-” and “_”, such as warehouse.")


def check_page_size(size: int) -> None:
    """Raise ValueError, in words, for a page that is too small or too large."""
    if not 1 <= int(size) <= MOST_AT_ONCE:
        raise ValueError(f"A page has 1 to {MOST_AT_ONCE} shipments.")


def check_push_url(url: str) -> None:
    """Raise ValueError, in words, for an address that a token must not be sent to."""
    parts = urlsplit(str(url))
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if url and not (parts.hostname and (parts.scheme == "https" or local)):
        raise ValueError("Write an https address, such as https://push.flowlink.io.")


def rules_of(options: Mapping[str, Any]) -> Rules:
    """Return what the store has us refuse."""
    return Rules(read_zone(options[SERVED]), bool(options[UNKNOWN_SKUS]))


OPTIONS = (
    Option(
        OPEN,
        "Anybody may ask, without a token",
        False,
        "Only for trying things out: whoever finds the address can place and cancel orders.",
    ),
    Option(
        HUB_STORE,
        "Store id at the hub",
        "",
        "What the hub sends as X-Hub-Store. A call for a store that is known here by this id, "
        "with the token of another one, is refused.",
    ),
    Option(
        PREFIX,
        "Name of our endpoint at the hub",
        "warehouse",
        "Parameters of a first-generation hub begin with it: warehouse.last_polling_datetime.",
        check=check_prefix,
    ),
    Option(
        SERVED,
        "Where this warehouse ships to",
        "",
        f"Empty: everywhere. {HINT}",
        check=check_zone,
        lines=True,
    ),
    Option(
        UNKNOWN_SKUS,
        "Refuse what has an unknown SKU",
        True,
        "Otherwise it is taken, and the SKU is shown under Unknown SKUs.",
    ),
    Option(
        CARRIERS,
        "Carriers of this store",
        "",
        "One a line, such as ups = UPS; the shop is told the name.",
        lines=True,
    ),
    Option(
        PAGE_SIZE,
        "Shipments on a page",
        100,
        "Only for a flow that has a parameter “page”.",
        check=check_page_size,
    ),
    Option(
        PUSH_URL,
        "Push shipments to",
        "",
        "Usually empty: a hub asks. Where one takes pushes (generation 2), what has left is sent "
        "there at once as well, with the hub token and the store id.",
        check=check_push_url,
    ),
)
