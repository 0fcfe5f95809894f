"""The work list and the page of one fulfillment order."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from backoffice.actions import ConfirmedAction, ConfirmedActionsMixin
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from fulfillment.admin import compared, page, queues, ship_by, words
from fulfillment.admin.actions import ACTIONS
from fulfillment.admin.search import find
from fulfillment.admin.work_list import WorkList, other_queue
from fulfillment.models import FulfillmentOrder, Line
from fulfillment.models.orders import PARTNER_JOBS, FulfillmentOrderQuerySet
from fulfillment.proof import proof_of
from inventory.admin.filters import StoreFilter, WarehouseFilter
from locations.models import works_everywhere


@admin.register(FulfillmentOrder)
class FulfillmentOrderAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """What the floor works through."""

    page_template = "fulfillment/order.html"
    nowhere = "There is no such order in your warehouses."
    confirmed_actions = ACTIONS
    revision_field = "revision"
    list_display = (
        "number",
        "waiting",
        "ship_by",
        "conversation",
        "work",
        "why",
        "goods",
        "recipient",
        "place",
    )
    list_display_links = ("number",)
    export_columns = (
        "number",
        "fulfillment_order",
        "store",
        "warehouse",
        "recorded_at",
        "conversation",
        "work",
        "why",
        "all_goods",
        "recipient",
        "shipping_name",
        "open_problems",
    )
    list_filter = (StoreFilter, WarehouseFilter, "work_status")
    list_per_page = 50
    list_select_related = ("order", "store", "warehouse", "status_code")
    list_before_template = "fulfillment/queues.html"
    search_fields = ("order__number",)
    search_help_text = (
        "Order number, SKU, barcode, tracking code or recipient. Scan or type, then Enter."
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the page that compares the rules with what people decided about these orders."""
        view = self.admin_site.admin_view(partial(compared.show, site=self.admin_site))
        return [path("rules-compared/", view, name=compared.URL), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> FulfillmentOrderQuerySet:
        """Return the orders of the user's warehouses; every page and action starts here."""
        lines = Prefetch("lines", queryset=Line.objects.order_by("id"))
        return (
            FulfillmentOrder.objects.seen_by(request.user)
            .select_related("order", "store", "warehouse", "status_code")
            .prefetch_related(lines)
            .order_by("-id")
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[WorkList]:
        """Return the list that knows queues."""
        return WorkList

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search by what a person has in hand."""
        term = search_term.strip()
        return (queryset.filter(pk__in=_found(request, term)) if term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a queue; the first visit shows the user's own. A unique hit of a search opens."""
        if request.method == "GET" and not request.GET:
            return HttpResponseRedirect(f"?queue={queues.first(request.user).key}")
        if hit := self._only_hit(request):
            return HttpResponseRedirect(self._page_url(hit))
        shown: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), **self._tabs(request), "title": "Work list"}
        )
        return shown

    def _only_hit(self, request: HttpRequest) -> int | None:
        term = request.GET.get("q", "").replace("\0", "").strip()
        if request.method != "GET" or not term:
            return None
        mine = FulfillmentOrder.objects.seen_by(request.user)
        hits = mine.filter(pk__in=_found(request, term)).values_list("pk", flat=True)[:2]
        return hits[0] if len(hits) == 1 else None

    def _tabs(self, request: HttpRequest) -> dict[str, Any]:
        counts = queues.counts(FulfillmentOrder.objects.seen_by(request.user))
        chosen = request.GET.dict()
        return {
            "queue": queues.BY_KEY.get(chosen.get("queue", "")),
            "queues": [
                (queue, counts[queue.key], other_queue(chosen, queue)) for queue in queues.QUEUES
            ],
        }

    def page_title(self, row: Any) -> str:
        """It goes by its number."""
        return f"Order {row.order}"

    def page_context(self, request: HttpRequest, order: FulfillmentOrder) -> dict[str, Any]:
        """Show all there is to know about one order, and what can be done with it."""
        prefetch_related_objects([order], PARTNER_JOBS)
        possible = self.possible(request, order)
        shows_exchanges = request.user.has_perm("relay.view_outboundcall")
        proof = proof_of(order, with_exchanges=shows_exchanges)
        # What the proof advises is at hand, however rarely it is wanted.
        rare = [action for action, _ in possible if action.rare]
        rare = [action for action in rare if action.name != proof.verdict.action]
        return {
            "order": order,
            "possible": possible,
            "usual": [entry for entry in possible if entry[0] not in rare],
            "rare": [entry for entry in possible if entry[0] in rare],
            "main_action": page.main_action(order, [action.name for action, _ in possible]),
            "shows_exchanges": shows_exchanges,
            "shows_partner": works_everywhere(request.user)
            and request.user.has_perm("fulfillment.view_partnerjob"),
            "proof": proof,
            "method_page": page.method_page(order, request.user),
            **page.context(order),
        }

    def confirm(
        self,
        request: HttpRequest,
        action: ConfirmedAction,
        rows: Any,
        *sent: Any,
    ) -> HttpResponse:
        """Render an action's page; what its guards ask of each row is read at once."""
        return super().confirm(request, action, rows.with_partner_jobs(), *sent)

    def _rows(self, request: HttpRequest, ids: Any) -> FulfillmentOrderQuerySet:
        return super()._rows(request, ids).with_partner_jobs()  # type: ignore[attr-defined, no-any-return]

    def _page_url(self, pk: int) -> str:
        return reverse("admin:fulfillment_fulfillmentorder_change", args=[pk])

    @admin.display(description="Order")
    def number(self, order: FulfillmentOrder) -> str:
        """The store's order number; a test order is marked."""
        return words.number(order)

    @admin.display(description="Age", ordering="-id")
    def waiting(self, order: FulfillmentOrder) -> str:
        """How long ago it came."""
        return words.age(order.recorded_at)

    @admin.display(description="Ship by", ordering="fulfill_by")
    def ship_by(self, order: FulfillmentOrder) -> SafeString | str:
        """How much time is left, and until when."""
        return ship_by.label(order)

    @admin.display(description="Request")
    def conversation(self, order: FulfillmentOrder) -> SafeString:
        """Where the conversation stands."""
        return words.request_badge(order)

    @admin.display(description="Floor")
    def work(self, order: FulfillmentOrder) -> SafeString:
        """How far the floor is."""
        return words.work_badge(order)

    @admin.display(description="Why")
    def why(self, order: FulfillmentOrder) -> str:
        """The status code, in words."""
        return words.reason(order)

    @admin.display(description="Goods")
    def goods(self, order: FulfillmentOrder) -> str:
        """The first lines."""
        lines = list(order.lines.all())
        shown = ", ".join(str(line) for line in lines[:2])
        return f"{shown} … {len(lines)} lines" if len(lines) > 2 else shown

    @admin.display(description="Fulfillment order")
    def fulfillment_order(self, order: FulfillmentOrder) -> str:
        """The number at the store."""
        return order.ref

    @admin.display(description="Goods")
    def all_goods(self, order: FulfillmentOrder) -> str:
        """All lines."""
        return ", ".join(str(line) for line in order.lines.all())

    @admin.display(description="Store · warehouse")
    def place(self, order: FulfillmentOrder) -> str:
        """Who asked, and where it ships from."""
        return f"{order.store} · {order.warehouse or 'unknown location'}"


def _found(request: HttpRequest, term: str) -> list[int]:
    """Look a term up once a request: the only hit is opened, several are listed."""
    key = f"crossdock.found:{term}"
    if key not in request.META:
        request.META[key] = find(term)
    found: list[int] = request.META[key]
    return found
