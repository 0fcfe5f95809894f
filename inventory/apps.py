"""Registers the app."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Products."""

    name = "inventory"
    verbose_name = "Products"
