"""What our side shows of an order, in the words in which the demo prints it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Placed:
    """An order at a store: the number people know, and the number of what we ship of it."""

    number: str
    ref: str


@dataclass(frozen=True, slots=True)
class Ours:
    """What Crossdock knows of a fulfillment order. All empty: it has not heard of it."""

    request_status: str = ""
    work_status: str = ""
    on_its_way: str = ""
    suggestion: str = ""
    problems: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    to_collect: str = ""
    left: Mapping[str, int] = field(default_factory=dict)
    """Units that have left, by SKU."""
    arrived: bool = False
    untold: int = 0
    """What the store has not been told of it yet."""

    @property
    def stands_at(self) -> tuple[str, str]:
        """The request and the work; no answer is on its way that would change them."""
        return ("", "") if self.on_its_way else (self.request_status, self.work_status)

    def __str__(self) -> str:
        if not self.request_status:
            return "; ".join(["not heard of", *self.stuck])
        parts = [f"{self.request_status} / {self.work_status}"]
        parts += [f"{self.on_its_way} on its way"] if self.on_its_way else []
        parts += [f"suggests to {self.suggestion}"] if self.suggestion else []
        parts += [f"{self.to_collect} to collect"] if self.to_collect else []
        parts += [f"tracking {', '.join(self.confirmed)} confirmed"] if self.confirmed else []
        parts += ["arrived"] if self.arrived else []
        return "; ".join([", ".join(parts), *self.stuck])
