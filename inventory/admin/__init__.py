"""The screens of stock."""

from inventory.admin.counts import StocktakeAdmin
from inventory.admin.inbounds import InboundAdmin
from inventory.admin.products import ProductAdmin

__all__ = ["InboundAdmin", "ProductAdmin", "StocktakeAdmin"]
