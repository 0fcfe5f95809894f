"""The ids of carriers. A carrier that staff wrote by its name only has the last one."""

from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.models import Parcel
from fulfillment.shipping_files.carriers import code_of
from platforms.own_api import OWN_API
from platforms.records import OTHER_CARRIER

IDS: Mapping[str, int] = {"ups": 1, "usps": 2, "fedex": 3, "dhl": 4, OTHER_CARRIER: 99}


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a parcel."""

    id: int
    name: str
    symbol: str


def named(words: str) -> Carrier:
    """Return the carrier that somebody else calls so."""
    code = code_of(words, OWN_API.carriers) or OTHER_CARRIER
    return _carrier(code, words if code == OTHER_CARRIER else "")


def of(parcel: Parcel) -> Carrier:
    """Return the carrier of a parcel."""
    return _carrier(parcel.carrier, parcel.carrier_name)


def _carrier(code: str, name: str) -> Carrier:
    known = OWN_API.carriers.get(code, code)
    return Carrier(IDS.get(code, IDS[OTHER_CARRIER]), name or known, code.upper())
