"""The contract's own examples, as the tests read them."""

import json
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).parent.parent / "contracts"
NEXT29 = CONTRACTS / "next29"


def example(name: str, contract: Path = NEXT29) -> Any:
    """Return the content of one example."""
    return json.loads((contract / "examples" / name).read_text(encoding="utf-8"))
