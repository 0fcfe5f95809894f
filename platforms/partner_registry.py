"""Every kind of partner there is; the only file that names one."""

from collections.abc import Mapping

from platforms.fulfillment_com import FULFILLMENT_COM
from platforms.partners import Partner

PARTNERS: Mapping[str, Partner] = {partner.key: partner for partner in (FULFILLMENT_COM,)}


def get(key: str) -> Partner:
    """Return the partner with this key; raises LookupError in words when there is none."""
    partner = PARTNERS.get(key)
    if partner is None:
        known = ", ".join(sorted(PARTNERS))
        raise LookupError(f"There is no partner {key!r}. There are: {known}.")
    return partner
