"""The calls that a merchant of the warehouse makes."""
