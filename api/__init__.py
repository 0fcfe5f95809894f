"""Serves the Fulfillment.com APIv2 contract to merchants (contract fulfillment_com)."""
