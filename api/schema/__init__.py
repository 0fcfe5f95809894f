"""The contract's objects as this API reads and documents them."""
