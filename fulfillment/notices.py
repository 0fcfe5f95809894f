"""Reads what stores announce. A notice is a hint: the truth is fetched, whatever it says."""

from django.db import transaction

from fulfillment import tracking_news
from fulfillment.models import FulfillmentOrder
from locations.models import Store
from platforms.interface import Inbound
from relay import alarms, credentials, engine
from relay.models import InboundMessage

UNINSTALLED = "The merchant has uninstalled us."


def ask_for_work(message: InboundMessage) -> None:
    """Ask the store for all that waits; many notices at once are one pull."""
    engine.wake_pull(message.store_id)


def ask_for_deliveries(message: InboundMessage) -> None:
    """Ask for all that waits, and where the parcels are of the order that the message names."""
    ask_for_work(message)
    endpoint = message.store.platform.endpoints[message.endpoint]
    notice = endpoint.read(Inbound(message.headers, bytes(message.body)))
    named = FulfillmentOrder.objects.filter(store=message.store_id, order__ref=notice.order_ref)
    if notice.order_ref and tracking_news.ask_again(named):
        engine.wake_tracking(message.store_id)


def pass_over(message: InboundMessage) -> None:
    """Nothing follows from it: the store only tried whether we listen."""


@transaction.atomic
def stop_store(message: InboundMessage) -> None:
    """The merchant has removed us: stop all traffic to that store, keep all that is recorded.

    Its tokens are forgotten, for they open nothing any more. Waiting calls wait until the
    store is connected again. A notice from before the last installation is about an earlier one.
    """
    installed_at = message.store.installed_at
    if installed_at and message.received_at < installed_at:
        return
    alarms.pause(message.store, UNINSTALLED, kind=alarms.UNINSTALLED)
    credentials.forget_tokens(message.store)
    Store.objects.filter(pk=message.store_id).update(
        installed_at=None, scopes="", subscribed_at=None, subscription_remark=UNINSTALLED
    )
