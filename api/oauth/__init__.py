"""How a merchant's program gets tokens (contract fulfillment_com, section 3)."""
