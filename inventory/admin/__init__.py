"""The screens of stock."""

from inventory.admin.levels import StockLevelAdmin
from inventory.admin.movements import StockMovementAdmin
from inventory.admin.products import ProductAdmin

__all__ = ["ProductAdmin", "StockLevelAdmin", "StockMovementAdmin"]
