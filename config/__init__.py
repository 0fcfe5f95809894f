"""Puts the floors together: settings, addresses, messages and checks."""
