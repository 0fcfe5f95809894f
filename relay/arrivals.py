"""The addresses at which a store's messages arrive, for whoever has to enter them there."""

from django.conf import settings
from django.urls import reverse

from locations.models import Store

DESK = "base address, for every store with a token of its own"
OWN_DESK = "or the base address of this store alone"


def addresses(store: Store) -> list[tuple[str, str]]:
    """Return the name of each way in that is the store's own, and its address."""
    own = [
        (name, f"{settings.PUBLIC_URL}{path_of(store, name)}")
        for name, endpoint in store.platform.endpoints.items()
        if endpoint.names_store is None
    ]
    return [*own, *_desks(store)]


def path_of(store: Store, endpoint_name: str) -> str:
    """Return the path at which the store, and no other, sends messages of this kind."""
    name = f"{store.platform_key}-{endpoint_name}"
    return reverse(name, kwargs={"key": store.endpoint_key})


def _desks(store: Store) -> list[tuple[str, str]]:
    """Return where the store asks: the token says which store it is, or its own address does."""
    if store.platform.desk is None:
        return []
    keys = {DESK: "", OWN_DESK: store.endpoint_key}
    paths = {
        name: reverse(f"{store.platform_key}-desk", kwargs={"path": key})
        for name, key in keys.items()
    }
    return [(name, f"{settings.PUBLIC_URL}{path}".rstrip("/")) for name, path in paths.items()]
