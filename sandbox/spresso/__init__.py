"""A fake Spresso: announces orders by signed webhooks, and is told what becomes of them."""
