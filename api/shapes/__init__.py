"""Rows as the contract shows them. What has no value is left out (contract, section 2)."""
