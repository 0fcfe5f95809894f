"""Registers the app."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Products and their stock."""

    name = "inventory"
    verbose_name = "Stock"
