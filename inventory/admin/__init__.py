"""The screens of stock."""

from inventory.admin.counts import StocktakeAdmin
from inventory.admin.inbounds import InboundAdmin
from inventory.admin.products import ProductAdmin
from inventory.admin.transfers import TransferAdmin

__all__ = ["InboundAdmin", "ProductAdmin", "StocktakeAdmin", "TransferAdmin"]
