"""Registers the app."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """Shared pieces of the admin."""

    name = "backoffice"
