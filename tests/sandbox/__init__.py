"""The sandbox held against the contract."""
