"""Registers the app."""

from django.apps import AppConfig


class LocationsConfig(AppConfig):
    """Merchants, stores, warehouses and locations."""

    name = "locations"
    verbose_name = "Stores and warehouses"
