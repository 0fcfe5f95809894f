"""Hands orders to the partner who runs a warehouse of ours, and follows what becomes of them."""
