"""The calls that an app makes at a shop."""
