"""Cells of the files we hand out: a spreadsheet must not take what somebody wrote for a formula."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would work out when it opens the file."""
    return GUARD + text if text.startswith(FORMULA_STARTS) else text


def as_meant(text: str) -> str:
    """Take the apostrophe off again: a file of ours may come back."""
    meant = text.removeprefix(GUARD)
    return meant if meant.startswith(FORMULA_STARTS) else text
