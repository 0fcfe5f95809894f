"""A fake Haravan: shops, their orders and stock, the app's login, and signed webhooks."""
