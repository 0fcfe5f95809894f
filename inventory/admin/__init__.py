"""The screens of stock."""

from inventory.admin.files import StockFileAdmin
from inventory.admin.levels import StockLevelAdmin
from inventory.admin.movements import StockMovementAdmin
from inventory.admin.products import ProductAdmin
from inventory.admin.records import StockRecordAdmin
from inventory.admin.unknown import UnknownSkuAdmin

__all__ = [
    "ProductAdmin",
    "StockFileAdmin",
    "StockLevelAdmin",
    "StockMovementAdmin",
    "StockRecordAdmin",
    "UnknownSkuAdmin",
]
