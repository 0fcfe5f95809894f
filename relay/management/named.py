"""Finds the stores that somebody names on a command line."""

from collections.abc import Sequence

from django.core.management.base import CommandError
from django.db.models import Q

from locations.models import Store


def named(names: Sequence[str]) -> Sequence[Store]:
    """Return the stores with these names, ours or the platform's. Raises CommandError."""
    found = []
    for name in dict.fromkeys(names):
        store = Store.objects.filter(Q(name__iexact=name) | Q(account__iexact=name)).first()
        if store is None:
            known = ", ".join(store.name for store in Store.objects.all()) or "none yet"
            raise CommandError(f"There is no store “{name}”. There are: {known}.")
        found.append(store)
    return found
