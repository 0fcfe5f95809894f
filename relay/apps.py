"""Registers the app."""

from django.apps import AppConfig


class RelayConfig(AppConfig):
    """Messages in and out."""

    name = "relay"
    verbose_name = "Messages"
