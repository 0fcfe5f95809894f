"""Reads what stores announce. A notice is a hint: the truth is fetched, whatever it says."""

from relay import alarms, engine
from relay.models import InboundMessage


def ask_for_work(message: InboundMessage) -> None:
    """Ask the store for all that waits; many notices at once are one pull."""
    engine.wake_pull(message.store_id)


def stop_store(message: InboundMessage) -> None:
    """The merchant has removed us: stop all traffic to that store, keep all that is recorded."""
    alarms.pause(message.store, "The merchant has uninstalled us.", kind=alarms.UNINSTALLED)
