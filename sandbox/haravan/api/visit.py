"""One call at one shop, as its handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.haravan import errors
from sandbox.haravan.state import Json
from sandbox.haravan.store import Store
from sandbox.haravan.wire import Writer

Answer = tuple[object, int]


@dataclass
class Visit:
    """One call at one shop."""

    store: Store
    query: Mapping[str, str]
    body: Json = field(default_factory=dict)

    @property
    def writer(self) -> Writer:
        return Writer(self.store)

    def wrapped(self, name: str) -> Json:
        found = self.body.get(name)
        if not isinstance(found, dict):
            raise errors.malformed(name)
        return found
