"""Remembers which calls a store was found not to offer, so that it is not asked for them again."""

from django.db import transaction

from locations.models import Store


@transaction.atomic
def note(store_id: int, verb: str) -> None:
    """Remember that the store has no such call. Harmless when repeated."""
    store = Store.objects.select_for_update().get(pk=store_id)
    if verb not in store.lacks:
        store.lacks = [*store.lacks, verb]
        store.save(update_fields=["lacks"])


def forget(store: Store) -> None:
    """Try everything anew: somebody has looked at the connection."""
    if store.lacks:
        Store.objects.filter(pk=store.pk).update(lacks=[])
        store.lacks = []
