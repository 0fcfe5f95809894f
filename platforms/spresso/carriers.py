"""The carriers that Spresso is known to take, and those that a store adds to them."""

import re
from collections.abc import Mapping

from platforms.errors import UnknownCarrier
from platforms.records import ParcelRecord

# Contract spresso, section 6.6: the list is closed, but not published. These two are shown.
CARRIERS: Mapping[str, str] = {"fedex": "FedEx", "ups": "UPS"}
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)


def read_carriers(text: str) -> dict[str, str]:
    """Return the carriers of the option, code and name; raises ValueError in words."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, _, name = (part.strip() for part in line.partition("="))
        if not _CODE.fullmatch(code) or not name:
            raise ValueError(
                f"{line[:80]!r} is no carrier. Write its code at Spresso, in small letters, = and "
                "its name, such as usps = USPS; one a line."
            )
        found[code] = name
    return found


def check_carriers(text: str) -> None:
    """Raise ValueError, in words, for lines that name no carrier."""
    read_carriers(text)


def carrier_code(parcel: ParcelRecord, own: Mapping[str, str]) -> str:
    """Return Spresso's code for a parcel's carrier, by its code or else by its name.

    Raises UnknownCarrier for one that is neither built in nor among the store's `own`.
    """
    known = {**CARRIERS, **own}
    if parcel.carrier in known:
        return parcel.carrier
    codes = {name.casefold(): code for code, name in known.items()}
    name = (parcel.carrier_name or parcel.carrier).strip()
    if name.casefold() in codes:
        return codes[name.casefold()]
    raise UnknownCarrier(
        f"Spresso's code for the carrier {name[:80]!r} is not known, so nothing was sent. "
        "Ask Spresso for it, and add it to the carriers on the store's page."
    )
