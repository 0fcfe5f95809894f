"""The contract's own examples, as the tests read them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).parent.parent / "contracts"
NEXT29 = CONTRACTS / "next29"


def example(name: str, contract: Path = NEXT29) -> Any:
    """Return the content of one example."""
    return json.loads((contract / "examples" / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class StockExamples:
    """A platform's stock as its contract shows it: all pages, and the answer to a new level.

    The answer is about stock record `ref`, which then has `level`. Where it takes several
    requests, each is a tuple of the answers; `read` are those to a look at the record, if others.
    """

    pages: tuple[Any, ...]
    location_ref: str
    one: Any
    ref: str
    level: int
    read: Any = None


def answers(content: Any) -> tuple[Any, ...]:
    """Return the answers that an example consists of."""
    return content if isinstance(content, tuple) else (content,)
