"""The page “Rules compared”: would a store's rule have decided as its people did?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from backoffice.pagination import CappedPaginator
from fulfillment import comparison
from fulfillment.admin import ship_by
from fulfillment.comparison import Comparison
from fulfillment.models.requests import REASONS
from locations.models import CancellationPolicy, RequestPolicy, Store, Warehouse, works_everywhere
from platforms.records import RequestKind

TITLE = "Rules compared"
URL = "fulfillment_rules_compared"
PERMISSION = "fulfillment.compare_rules"
DAYS = (7, 30, 90)
PER_PAGE = 50
RULES = {
    RequestKind.FULFILL: RequestPolicy.ACCEPT_WHEN_CLEAR,
    RequestKind.CANCEL: CancellationPolicy.BY_PHYSICAL_STATE,
}
NAMES = {
    RequestKind.FULFILL: ("request", "requests"),
    RequestKind.CANCEL: ("cancellation", "cancellations"),
}
REASON_WORDS = dict(REASONS)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose to look at; what makes no sense counts as not chosen."""

    store: int | None
    days: int

    @classmethod
    def of(cls, request: HttpRequest, stores: list[Store]) -> "Choice":
        """Read the choice from the address."""
        known = {str(store.pk): store.pk for store in stores}
        days = {str(days): days for days in DAYS}
        return cls(
            store=known.get(request.GET.get("store", "")),
            days=days.get(request.GET.get("days", ""), 30),
        )

    def url(self, **other: int) -> str:
        """Return the address of this choice with something else chosen."""
        chosen = {"store": self.store or "", "days": self.days} | other
        return "?" + urlencode(chosen)


def show(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the comparison for the stores and the warehouses of this user."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    stores = list(_stores(request.user))
    choice = Choice.of(request, stores)
    decided = comparison.decided_by_people(
        request.user, since=timezone.now() - timedelta(days=choice.days), store_id=choice.store
    )
    pages = CappedPaginator(comparison.disagreements(decided), PER_PAGE)
    page = pages.get_page(request.GET.get("p"))
    context = {
        **site.each_context(request),
        "title": TITLE,
        "stores": stores,
        "choice": choice,
        "periods": [(days, choice.url(days=days)) for days in DAYS],
        "rows": [
            (row, sentence(row), ship_by.span(row.median), reasons(row))
            for row in comparison.summarize(decided)
        ],
        "nothing": _nothing(stores, choice),
        "page": page,
        "older": choice.url(p=page.next_page_number()) if page.has_next() else "",
        "newer": choice.url(p=page.previous_page_number()) if page.has_previous() else "",
        "may_switch": works_everywhere(request.user)
        and request.user.has_perm("locations.change_store"),
    }
    return TemplateResponse(request, "fulfillment/compared.html", context)


def sentence(row: Comparison) -> str:
    """Say what switching the rule on would have done."""
    one, many = NAMES[row.kind]
    others = {
        0: "It would never have answered otherwise than the person did.",
        1: "To 1 of them it would have answered otherwise than the person did.",
    }.get(
        row.opposed, f"To {row.opposed} of them it would have answered otherwise than the person."
    )
    if not row.alone:
        return (
            f"“{RULES[row.kind].label}” would have left every {one} to a person: switching it on "
            "would have changed nothing."
        )
    return (
        f"“{RULES[row.kind].label}”, switched on, would have answered {row.alone} of "
        f"{row.decided} {one if row.decided == 1 else many} at once, where a person took "
        f"{ship_by.span(row.median)} (median). {others}"
    )


def reasons(row: Comparison) -> str:
    """Say why people rejected what the rule would have accepted."""
    return ", ".join(f"{REASON_WORDS[reason].lower()}: {times}" for reason, times in row.reasons)


def _stores(user: Any) -> Any:
    """Return the stores that the user's warehouses serve."""
    if works_everywhere(user):
        return Store.objects.all()
    mine = Warehouse.objects.worked_by(user)
    return Store.objects.filter(locations__warehouse__in=mine).distinct()


def _nothing(stores: list[Store], choice: Choice) -> str:
    """Say why there is nothing to compare, and what to do about it."""
    shown = [store for store in stores if choice.store in (None, store.pk)]
    if any(_is_compared(store) for store in shown):
        return (
            f"In the last {choice.days} days nobody decided on a request whose rule is compared. "
            "Look again when requests have come in, or choose a longer time."
        )
    return (
        "No rule is compared here. On the page of a store, under Rules, choose that a person "
        "decides and is compared with the rule; what is decided from then on is shown here."
    )


def _is_compared(store: Store) -> bool:
    return (
        store.request_policy == RequestPolicy.SHADOW
        or store.cancellation_policy == CancellationPolicy.SHADOW
    )
