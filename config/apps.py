"""Registers the checks of the whole site."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings and checks."""

    name = "config"

    def ready(self) -> None:
        """Load the system checks."""
        import config.checks  # noqa: F401 - Django's own place to register checks
