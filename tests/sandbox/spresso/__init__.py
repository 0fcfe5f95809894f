"""The fake Spresso against its contract."""
