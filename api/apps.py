"""Registers the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API that merchants call."""

    name = "api"
    verbose_name = "API"
