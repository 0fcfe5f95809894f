"""A fake 29 Next (Next Commerce) store: its API, its merchant, its shopper and its callbacks."""
