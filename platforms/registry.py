"""Every platform there is; the only file that names one."""

from collections.abc import Mapping

from platforms.haravan import HARAVAN
from platforms.interface import Platform
from platforms.next29 import NEXT29
from platforms.own_api import OWN_API
from platforms.spree_hub import SPREE_HUB
from platforms.spresso import SPRESSO

PLATFORMS: Mapping[str, Platform] = {
    platform.key: platform for platform in (NEXT29, SPRESSO, HARAVAN, SPREE_HUB, OWN_API)
}


def get(key: str) -> Platform:
    """Return the platform with this key; raises LookupError in words when there is none."""
    platform = PLATFORMS.get(key)
    if platform is None:
        known = ", ".join(sorted(PLATFORMS))
        raise LookupError(f"There is no platform {key!r}. There are: {known}.")
    return platform
