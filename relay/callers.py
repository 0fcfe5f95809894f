"""Finds whose call it is that comes to a desk: by its token, which only one store has."""

import hashlib
import hmac
import logging
from collections.abc import Sequence

from locations.models import Store
from platforms.desk import Desk
from platforms.inbound import Inbound

log = logging.getLogger(__name__)


def find(platform_key: str, desk: Desk, inbound: Inbound, key: str = "") -> Store | None:
    """Return the store that a call comes from; None where that is not proven.

    Without a token, it is the one store that is open. `key` narrows it down to the store whose own
    address was called. Every store's token is compared, in the same time.
    """
    stores = Store.objects.filter(platform_key=platform_key).select_related("merchant")
    candidates = list(stores.filter(endpoint_key=key) if key else stores)
    token = desk.token_in(inbound)
    found = _with_token(candidates, desk, token) if token else _open(candidates, desk)
    if len(found) > 1:
        named = ", ".join(map(str, found))
        log.error("a call could come from each of these stores, and was refused: %s", named)
    return found[0] if len(found) == 1 else None


def brings_token(desk: Desk, inbound: Inbound) -> bool:
    """Tell whether a call brings anything as a proof."""
    return bool(desk.token_in(inbound))


def names_another(platform_key: str, desk: Desk, inbound: Inbound, store: Store) -> bool:
    """Tell whether a call says to be about a store that is known here, and is not this one."""
    named = desk.stores_in(inbound)
    if not named or str(store.filled_options[desk.named_by]) in named:
        return False
    others = Store.objects.filter(platform_key=platform_key).exclude(pk=store.pk)
    known = others.values_list(f"options__{desk.named_by}", flat=True)
    return not set(named).isdisjoint(filter(None, known))


def _with_token(stores: Sequence[Store], desk: Desk, token: str) -> list[Store]:
    given = _digest(token)
    return [
        store for store in stores if hmac.compare_digest(_digest(_token_of(store, desk)), given)
    ]


def _token_of(store: Store, desk: Desk) -> str:
    """Return a store's token; none where it cannot be decrypted, for others must still get in."""
    try:
        return store.credentials.get(desk.token, "")
    except ValueError:
        log.error("the credentials of %s cannot be read", store)
        return ""


def _open(stores: Sequence[Store], desk: Desk) -> list[Store]:
    return [store for store in stores if store.filled_options[desk.open_by] is True]


def _digest(token: str) -> bytes:
    """Return what can be compared in a time that does not depend on the token's length."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
