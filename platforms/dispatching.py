"""What platforms with numbered lines share in reporting a dispatch."""

from platforms.errors import Refused
from platforms.records import Dispatch
from platforms.values import read_id


def units_by_line(dispatch: Dispatch) -> dict[int, int]:
    """Return how many units leave by the number of their line; raises Refused, not sent.

    Lines are always named: without them the platform ships everything that is left.
    """
    units: dict[int, int] = {}
    for line in dispatch.lines:
        if not read_id(line.line_ref) or line.quantity < 1:
            raise Refused(
                f"{line.quantity} of line {line.line_ref!r} cannot be reported; not sent."
            )
        units[int(line.line_ref)] = units.get(int(line.line_ref), 0) + line.quantity
    if not units:
        raise Refused("A dispatch without lines would ship everything that is left; not sent.")
    return units
