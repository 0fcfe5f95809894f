"""The ids of carriers. A carrier that staff wrote by its name only has the last one."""

from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.models import Parcel
from platforms.own_api import OWN_API
from platforms.records import OTHER_CARRIER

IDS: Mapping[str, int] = {"ups": 1, "usps": 2, "fedex": 3, "dhl": 4, OTHER_CARRIER: 99}


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a parcel."""

    id: int
    name: str
    symbol: str


def of(parcel: Parcel) -> Carrier:
    """Return the carrier of a parcel."""
    known = OWN_API.carriers.get(parcel.carrier, parcel.carrier)
    return Carrier(
        IDS.get(parcel.carrier, IDS[OTHER_CARRIER]),
        parcel.carrier_name or known,
        parcel.carrier.upper(),
    )
