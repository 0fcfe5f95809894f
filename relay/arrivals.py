"""The addresses at which a store's messages arrive, for whoever has to enter them there."""

from django.conf import settings
from django.urls import reverse

from locations.models import Store


def addresses(store: Store) -> list[tuple[str, str]]:
    """Return the name of each way in that is the store's own, and its address."""
    return [
        (name, f"{settings.PUBLIC_URL}{path_of(store, name)}")
        for name, endpoint in store.platform.endpoints.items()
        if endpoint.names_store is None
    ]


def path_of(store: Store, endpoint_name: str) -> str:
    """Return the path at which the store, and no other, sends messages of this kind."""
    name = f"{store.platform_key}-{endpoint_name}"
    return reverse(name, kwargs={"key": store.endpoint_key})
