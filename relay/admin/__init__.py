"""The operator's screens: what is told, what comes in, and the stores it goes to and from."""

from relay.admin.calls import OutboundCallAdmin
from relay.admin.messages import AlarmAdmin, ExchangeAdmin, InboundMessageAdmin
from relay.admin.stores import LocationAdmin, StoreAdmin

__all__ = [
    "AlarmAdmin",
    "ExchangeAdmin",
    "InboundMessageAdmin",
    "LocationAdmin",
    "OutboundCallAdmin",
    "StoreAdmin",
]
