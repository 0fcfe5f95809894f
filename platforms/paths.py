"""What may stand in the path of a request."""

from platforms.errors import Missing
from platforms.values import read_id


def number_in_path(ref: str, label: str) -> str:
    """Return a ref that is safe in a path; raises Missing, because others cannot exist there.

    `label` is the platform, whose ids are all numbers.
    """
    number = read_id(ref)
    if not number:
        raise Missing(f"{label} has only numbers as ids; {ref[:80]!r} cannot be one. Not asked.")
    return number
