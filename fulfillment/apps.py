"""Registers the app."""

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    """Orders, requests, problems and shipments."""

    name = "fulfillment"
    verbose_name = "Fulfillment"
