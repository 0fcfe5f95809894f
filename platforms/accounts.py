"""How an account is named: a host's label, as in the address of a shop."""

import re

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def is_account(name: str) -> bool:
    """Tell whether a name could be the first part of a host's name: lower case, digits, hyphens."""
    return bool(_LABEL.fullmatch(name))


def address_of_nobody(account: str, domain: str, example: str) -> str:
    """Return an address that stands for a store that calls us; nothing is ever sent there.

    Raises ValueError, in words, for what is no name of a store.
    """
    name = account.strip().lower()
    if not is_account(name):
        raise ValueError(
            f"{account!r} cannot be the name of a store. Use letters, digits and “-”, such as "
            f"{example}."
        )
    return f"https://{name}.{domain}.invalid/"
