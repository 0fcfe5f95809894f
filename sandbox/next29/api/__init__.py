"""The store's admin API: one function per call."""
