"""Subscribes one webhook of ours at each store, signed with a secret that only that store has.

What if it runs twice? The courier looks first: a subscription that is as it shall be is left
alone, one that is not is changed, and what there is of ours beyond one is ended. What if it dies?
The secret is kept before it is sent, and the store shows a fingerprint of the one it has, so that
the next look tells whether ours arrived.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from locations.models import Store
from platforms.errors import Refused
from platforms.interface import Client
from platforms.records import WebhookRecord, secret_print
from relay import credentials, outbox
from relay.delivery import Already, Send, Verdict
from relay.models import CallState, OutboundCall, Priority
from relay.outbox import Telling

VERB = "subscribe"
BAD_REQUEST = 400
NOT_TOLD = "This store does not announce {events}: it does so only to an app, not to a token."


def target(store: Store) -> str:
    """Return the address to which this store, and no other, sends its webhooks."""
    return f"{settings.PUBLIC_URL}{_path(store)}"


def needed(store: Store) -> tuple[str, ...]:
    """Return the events that must be subscribed; to a pasted token some are not told."""
    platform = store.platform
    return (*(platform.app_events if store.installed_at else ()), *platform.events)


def is_in_place(store: Store, webhooks: Sequence[WebhookRecord]) -> str:
    """Return what is missing of our subscription, in words; empty when nothing is."""
    ours = _ours(store, webhooks)
    if not ours:
        return "The store has no subscription of ours, so it announces nothing to us."
    if len(ours) > 1:
        return f"The store has {len(ours)} subscriptions of ours; there should be one."
    [webhook] = ours
    if webhook.target.rstrip("/") != target(store):
        return f"Our subscription goes to {webhook.target}, which is not our address any more."
    if not webhook.active:
        return "The store has switched our subscription off."
    missing = [event for event in needed(store) if event not in webhook.events]
    if missing:
        return f"Our subscription lacks {', '.join(missing)}."
    if not store.webhook_secret:
        return "We do not know the secret that our subscription is signed with."
    if webhook.secret_print and webhook.secret_print != secret_print(store.webhook_secret):
        return "Our subscription is signed with another secret than the one we know."
    return ""


@transaction.atomic
def subscribe(store: Store, *, by: Any = None) -> None:
    """Have the courier see to it that our subscription is in place. Harmless when repeated.

    Does nothing where the platform announces nothing.
    """
    if not needed(store):
        return
    # Two who ask at once shall not both see that nobody has asked yet.
    Store.objects.select_for_update().get(pk=store.pk)
    calls = store.calls.filter(verb=VERB)
    for call in calls.stuck():
        # The refused one would stand in the way of the new one.
        outbox.give_up(call.pk, "Tried anew.")
    if calls.filter(state__in=(CallState.WAITING, CallState.IN_DOUBT)).exists():
        return
    outbox.push(
        [
            Telling(
                store=store,
                key=f"{VERB}:{store.pk}:{calls.count() + 1}",
                verb=VERB,
                subject="our webhook",
                subject_id=store.pk,
                lane="subscription",
                priority=Priority.SETUP,
                by=by,
            )
        ]
    )


class SubscriptionDelivery:
    """Makes one subscription of ours what it shall be; it is looked for by its target."""

    def look(self, client: Client, call: OutboundCall) -> list[WebhookRecord]:
        """Fetch the store's subscriptions."""
        return client.fetch_webhooks()

    def judge(self, call: OutboundCall, seen: list[WebhookRecord]) -> Verdict:
        """Leave alone what is in place; else put it in place."""
        store = Store.objects.get(pk=call.store_id)
        if is_in_place(store, seen):
            return Send()
        [webhook] = _ours(store, seen)
        return Already({"events": list(webhook.events)}, "The store has this subscription already.")

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Create the subscription, or change the one there is and end what there is beyond it."""
        store = Store.objects.get(pk=call.store_id)
        secret = credentials.webhook_secret(store)
        ours = _ours(store, client.fetch_webhooks())
        made = _with_all_events(client, store, ours[0] if ours else None, secret)
        for other in ours[1:]:
            client.delete_webhook(other.ref)
        return {"events": list(made.events)}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """Note since when, and what the store will not announce."""
        absent = [each for each in call.store.platform.app_events if each not in result["events"]]
        remark = NOT_TOLD.format(events=", ".join(absent)) if absent else ""
        _note(call, remark, subscribed_at=timezone.now())

    def refused(self, call: OutboundCall, reason: str) -> None:
        """The store will not have it; its page says why."""
        _note(call, reason, subscribed_at=None)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """It was not told; it can be subscribed again."""
        _note(call, reason, subscribed_at=None)

    given_up = dropped


def _path(store: Store) -> str:
    """Return where the store sends; where the app has one address for all stores, that one."""
    if any(endpoint.names_store for endpoint in store.platform.endpoints.values()):
        return reverse(f"{store.platform_key}-app-webhook").rstrip("/")
    path = reverse(f"{store.platform_key}-webhook", kwargs={"key": store.endpoint_key})
    return path.rstrip("/")


def _ours(store: Store, webhooks: Sequence[WebhookRecord]) -> list[WebhookRecord]:
    """Return those that end in this store's path, also where our host was another one."""
    path = _path(store)
    return [webhook for webhook in webhooks if webhook.target.rstrip("/").endswith(path)]


def _with_all_events(
    client: Client, store: Store, present: WebhookRecord | None, secret: str
) -> WebhookRecord:
    """Ask for everything; a pasted token may be refused what only an app is told."""
    platform = store.platform
    try:
        events = (*platform.app_events, *platform.events)
        return _write(client, store, present, events, secret)
    except Refused as refusal:
        if store.installed_at or refusal.status != BAD_REQUEST:
            raise
        return _write(client, store, present, platform.events, secret)


def _write(
    client: Client,
    store: Store,
    present: WebhookRecord | None,
    events: tuple[str, ...],
    secret: str,
) -> WebhookRecord:
    if present is None:
        return client.create_webhook(target(store), events, secret)
    return client.update_webhook(present.ref, target(store), events, secret)


def _note(call: OutboundCall, remark: str, **changes: Any) -> None:
    Store.objects.filter(pk=call.store_id).update(subscription_remark=remark, **changes)
