"""The screens of stock."""

from inventory.admin.counts import StocktakeAdmin
from inventory.admin.files import StockFileAdmin
from inventory.admin.inbounds import InboundAdmin
from inventory.admin.levels import StockLevelAdmin
from inventory.admin.movements import StockMovementAdmin
from inventory.admin.products import ProductAdmin
from inventory.admin.records import StockRecordAdmin
from inventory.admin.transfers import TransferAdmin
from inventory.admin.unknown import UnknownSkuAdmin

__all__ = [
    "InboundAdmin",
    "ProductAdmin",
    "StockFileAdmin",
    "StockLevelAdmin",
    "StockMovementAdmin",
    "StockRecordAdmin",
    "StocktakeAdmin",
    "TransferAdmin",
    "UnknownSkuAdmin",
]
