"""One call at one warehouse, as its handler sees it."""

from dataclasses import dataclass, field

from sandbox.fulfillment_com import errors, lists
from sandbox.fulfillment_com.state import Json
from sandbox.fulfillment_com.warehouse import Login, Warehouse
from sandbox.fulfillment_com.wire import HYDRATES, Writer
from sandbox.recorder import Call

Answer = tuple[object, int]


@dataclass
class Visit:
    """One call at one warehouse."""

    warehouse: Warehouse
    login: Login
    query: lists.Query
    call: Call
    body: Json = field(default_factory=dict)

    @property
    def writer(self) -> Writer:
        wanted = frozenset(lists.several(self.query, "hydrate"))
        if not wanted <= set(HYDRATES):
            raise errors.invalid("hydrate is not known")
        return Writer(self.warehouse, wanted)
