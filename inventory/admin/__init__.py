"""The screens of stock."""

from inventory.admin.products import ProductAdmin

__all__ = ["ProductAdmin"]
