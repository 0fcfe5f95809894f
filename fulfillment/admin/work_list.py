"""The list behind the work list: one queue of it, narrowed by filters and search."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import ORDER_VAR
from django.http import HttpRequest

from backoffice.lists import CountedOnce
from fulfillment.admin.queues import BY_KEY, Queue


class WorkList(CountedOnce):
    """A change list whose tabs are queues; the other filters stay when the tab changes."""

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.queue: Queue | None = BY_KEY.get(request.GET.get("queue", ""))
        super().__init__(request, *args)

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """The queue is no filter of a column."""
        found: dict[str, Any] = super().get_filters_params(params)
        found.pop("queue", None)
        return found

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """Narrow the list to the queue; an unknown queue shows everything."""
        orders = super().get_queryset(request, exclude_parameters)
        return self.queue.narrow(orders) if self.queue else orders

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Sort as the queue wants it, unless a column was chosen."""
        if self.queue and self.queue.order and ORDER_VAR not in self.params:
            return [*self.queue.order]
        ordering: list[Any] = super().get_ordering(request, queryset)
        return ordering

    @property
    def nothing(self) -> str:
        """What is said when the list is empty."""
        where = f" in “{self.queue.label}”" if self.queue else ""
        if self.query.strip():
            return f"Nothing{where} fits “{self.query.strip()}”."
        if self.has_active_filters:
            return f"Nothing{where} fits these filters."
        return self.queue.empty if self.queue else "No orders yet."

    @property
    def everywhere(self) -> str:
        """Where the same search looks at all orders; empty when it did already."""
        searched = self.query.strip()
        if not searched or not self.queue or self.queue.key == "all":
            return ""
        return "?" + urlencode({"queue": "all", "q": searched})


def other_queue(chosen: Mapping[str, str], queue: Queue) -> str:
    """Return the address of another tab with the filters and the search that are chosen."""
    kept = {name: value for name, value in chosen.items() if name not in ("queue", "p", "e", "all")}
    return "?" + urlencode({**kept, "queue": queue.key})
