"""What a platform sends us, before anybody has read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it arrived: header names in lower case, the body untouched."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
