"""Stock records: what stores believe, beside what they should, and what they were told."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.exports import ExportedList
from backoffice.lists import ReadBeside
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from inventory import mirror, publishing, sync
from inventory.admin import record_words
from inventory.admin.filters import StoreFilter
from inventory.admin.scanning import found
from inventory.models import StockRecord
from locations.models import Store, ids_worked_by, works_everywhere
from relay import engine
from relay.admin.attempts import with_attempts
from relay.models import OutboundCall

CALLS_SHOWN = 20


def _choose(act: Act) -> Result:
    done = mirror.choose(act.seen)
    stores = StockRecord.objects.filter(pk__in=act.seen).values_list("store", flat=True)
    for store_id in set(stores.order_by()):
        engine.wake_stock(store_id)
    return Result(done)


TELL_STOCK = ConfirmedAction(
    name="tell_stock",
    label="Tell the store all the same",
    permission="inventory.publish_stock",
    done="Being told to the store",
    why_not=record_words.why_not_tell,
    effect=lambda record: f"{record.store} is told that there is none. Shoppers cannot buy it.",
    perform=lambda act: Result(sync.tell_all_the_same(act.seen, by=act.user)),
    icon="campaign",
)
CHOOSE_RECORD = ConfirmedAction(
    name="choose_record",
    label="Choose this record",
    permission="inventory.publish_stock",
    done="Chosen",
    why_not=record_words.why_not_choose,
    effect=lambda record: (
        f"Number {record.ref} is told the stock from now on. "
        "Other records of this location with its SKU are left out."
    ),
    perform=_choose,
    icon="check_circle",
)


@admin.register(StockRecord)
class StockRecordAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """The records at locations of the user's warehouses."""

    page_template = "inventory/record.html"
    nowhere = "There is no such record at a location of yours."
    confirmed_actions = (TELL_STOCK, CHOOSE_RECORD)
    list_display = (
        "named",
        "state",
        "figure",
        "level",
        "reserved",
        "told",
        "told_at",
        "store",
        "place",
        "product",
        "answer",
    )
    list_filter = (StoreFilter, "mapped", "waits")
    list_per_page = 50
    sortable_by = ()
    search_fields = ("sku",)
    search_help_text = "SKU, barcode, or number at the store"
    nothing = (
        "No records yet. They are read when a store’s page says which figure it is told of stock."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the records at locations of the user's warehouses; all screens start here."""
        rows = StockRecord.objects.select_related("store", "location__warehouse", "product")
        if not works_everywhere(request.user):
            rows = rows.filter(location__warehouse__in=ids_worked_by(request.user))
        return rows.order_by("-id")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ReadBeside]:
        """Return the list that reads our figures for the rows that it shows."""
        return ReadBeside

    def read_beside(self, rows: Sequence[Any]) -> None:
        """Read what these records should show."""
        figures = publishing.figures_of([record.pk for record in rows])
        for record in rows:
            known = figures.get(record.pk)
            record.wanted = known.wanted if known else None

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search by the store's own number and SKU, and by the product."""
        term = search_term.strip()
        if not term:
            return queryset, False
        # The indexes begin with the store, and there are few stores.
        of_stores = StockRecord.objects.order_by().filter(
            store__in=list(Store.objects.order_by().values_list("pk", flat=True))
        )
        kinds = [of_stores.filter(ref=term), of_stores.filter(sku=term)]
        kinds.append(StockRecord.objects.order_by().filter(product__in=found(request, term)))
        hits = [kind.values("pk")[:1000] for kind in kinds]
        ids = list(hits[0].union(*hits[1:]).values_list("pk", flat=True))
        return queryset.filter(pk__in=ids), False

    def page_context(self, request: HttpRequest, record: StockRecord) -> dict[str, Any]:
        """Show a record, what it should say, and what the store was told of it."""
        self.read_beside([record])
        calls = OutboundCall.objects.filter(verb=sync.VERB, subject_id=record.pk)
        return {
            "record": record,
            "state": record_words.state(record),
            "why": record_words.why(record),
            "possible": self.possible(request, record),
            "calls": with_attempts(calls).order_by("-id")[:CALLS_SHOWN],
            "shows_calls": admin.site.get_model_admin(OutboundCall).has_view_permission(request),
        }

    @admin.display(description="SKU")
    def named(self, record: StockRecord) -> str:
        """The SKU there; one without a SKU has its number."""
        return record.sku or f"(number {record.ref})"

    @admin.display(description="Location")
    def place(self, record: StockRecord) -> str:
        """Where, as the store calls it."""
        return record.location.name

    @admin.display(description="Our figure")
    def figure(self, record: StockRecord) -> int | None:
        """What the store should show; nothing where it is not to be told."""
        wanted: int | None = record.wanted  # type: ignore[attr-defined]
        return wanted

    @admin.display(description="State")
    def state(self, record: StockRecord) -> SafeString:
        """How it stands, coloured."""
        return record_words.state(record)
