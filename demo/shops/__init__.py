"""The stores' side: what happens at a sandbox store, and what it shows, as a newcomer sees it."""
