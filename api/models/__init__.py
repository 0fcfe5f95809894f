"""What the API keeps beside the orders: who may call, what was asked for, and what was told."""

from api.models.access import ApiKey, Login, Tries, Use
from api.models.accounting import Charge
from api.models.orders import Consignee, MerchantOrder, StatusEvent
from api.models.returns import ExpectedItem, ExpectedReturn

__all__ = [
    "ApiKey",
    "Charge",
    "Consignee",
    "ExpectedItem",
    "ExpectedReturn",
    "Login",
    "MerchantOrder",
    "StatusEvent",
    "Tries",
    "Use",
]
