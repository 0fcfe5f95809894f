"""A partner warehouse that speaks Fulfillment.com's API: its rules, its staff and its shelves."""
