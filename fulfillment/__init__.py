"""Orders and fulfillment orders: what was asked, what was answered, what left the building."""
