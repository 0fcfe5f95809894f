"""One module for each budget; `measure` yields its figures."""
