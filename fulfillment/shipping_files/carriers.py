"""Matches the words that people have for a carrier with a platform's own codes."""

import re
from collections.abc import Mapping


def code_of(words: str, carriers: Mapping[str, str]) -> str:
    """Return the platform's code for “Royal Mail” or “dhl ecommerce”; empty if it has none.

    Only the whole name counts: “DHL Paket” is not DHL Express, and a wrong carrier is worse than
    one that the store shows by its name.
    """
    wanted = _plain(words)
    for code, label in carriers.items():
        if wanted and wanted in {_plain(code), *(_plain(name) for name in _names(label))}:
            return code
    return ""


def _names(label: str) -> list[str]:
    """“myHermes (Evri)” is also known by either name."""
    return [label, *re.split(r"[()/]", label)]


def _plain(words: str) -> str:
    return "".join(sign for sign in words.casefold() if sign.isalnum())
