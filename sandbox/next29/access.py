"""Who may call what, and how often."""

import time
from collections import defaultdict, deque

from sandbox.next29 import errors
from sandbox.next29.state import SERVICE, FulfillmentOrder, Location
from sandbox.next29.store import Store

WINDOW = 1.0


def token_of(authorization: str | None) -> str:
    """Only `Bearer <token>` will do; `Token <x>` and a bare key are no credentials."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.no_credentials()
    return token


def scopes_of(store: Store, token: str) -> frozenset[str]:
    if token not in store.tokens:
        raise errors.invalid_token()
    return store.tokens[token]


def require(granted: frozenset[str], any_of: tuple[str, ...]) -> None:
    """Where several scopes are listed, either is enough; an empty list asks for none."""
    if any_of and not any(holds(granted, scope) for scope in any_of):
        raise errors.forbidden()


def holds(granted: frozenset[str], scope: str) -> bool:
    verb = scope.partition(":")[2]
    return scope in granted or f"admin:{verb}" in granted


def is_service(granted: frozenset[str]) -> bool:
    return "fulfillment_service:write" in granted


def sees_order(granted: frozenset[str], order: FulfillmentOrder, verb: str) -> bool:
    """`fulfillment_orders` opens every order of the store, other providers' included."""
    return order.location.owner == SERVICE or holds(granted, f"fulfillment_orders:{verb}")


def sees_location(granted: frozenset[str], place: Location, verb: str) -> bool:
    """A service sees its own locations; `locations` shows those of the merchant."""
    scope = "fulfillment_service" if place.owner == SERVICE else "locations"
    return holds(granted, f"{scope}:{verb}")


class Throttle:
    """A sliding window over the instants at which calls were let through."""

    def __init__(self) -> None:
        self._admitted: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def check(self, store: Store, token: str, instant: float | None = None) -> None:
        limit = store.settings.rate_limit
        instant = time.monotonic() if instant is None else instant
        admitted = self._admitted[store.subdomain, token]
        while admitted and admitted[0] <= instant - WINDOW:
            admitted.popleft()
        if limit and len(admitted) >= limit:
            raise errors.throttled()
        admitted.append(instant)
