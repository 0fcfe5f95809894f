"""The screens of stock."""

from inventory.admin.inbounds import InboundAdmin
from inventory.admin.products import ProductAdmin

__all__ = ["InboundAdmin", "ProductAdmin"]
