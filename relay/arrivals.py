"""The addresses at which a store's messages arrive, for whoever has to enter them there."""

from django.conf import settings
from django.urls import reverse

from locations.models import Store


def addresses(store: Store) -> list[tuple[str, str]]:
    """Return the name of each way in that is the store's own, and its address."""
    own = [
        (name, f"{settings.PUBLIC_URL}{path_of(store, name)}")
        for name, endpoint in store.platform.endpoints.items()
        if endpoint.names_store is None
    ]
    return [*own, *_desk(store)]


def _desk(store: Store) -> list[tuple[str, str]]:
    """Return where a platform asks us that is told nothing else; its token says which store."""
    if store.platform.desk is None:
        return []
    path = reverse(store.platform_key, kwargs={"path": ""}).rstrip("/")
    return [("with its token, to", f"{settings.PUBLIC_URL}{path}")]


def path_of(store: Store, endpoint_name: str) -> str:
    """Return the path at which the store, and no other, sends messages of this kind."""
    name = f"{store.platform_key}-{endpoint_name}"
    return reverse(name, kwargs={"key": store.endpoint_key})
