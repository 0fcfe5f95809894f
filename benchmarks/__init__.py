"""Measures Crossdock's budgets, each beside a floor that is measured in the same run."""
