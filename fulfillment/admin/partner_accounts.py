"""Merchants’ accounts at the partners who run warehouses of ours: set up, try, pause, resume."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.badges import badge
from backoffice.exports import ExportedList
from fulfillment.admin import words
from fulfillment.admin.partner_form import COLUMNS, PartnerAccountForm
from fulfillment.handover import accounts
from fulfillment.handover.jobs import try_later
from fulfillment.models import JobState, PartnerAccount, PartnerExchange, PartnerJob
from fulfillment.models.orders import ENDED
from fulfillment.models.partners import CLAIMED
from platforms import partner_registry
from relay.admin import platform_fields
from relay.admin.rows import OfAllStores
from relay.admin.stores import ReasonForm

WHERE = ("warehouse", "merchant", "partner_key", "base_url", "begins_with")
HOW = ("methods", "usual_method", "unit_value", "follows_stock", "requests_per_second")
CONNECTION = ("traffic", "check_result", "checked_at")
# They say where an account is, and stay as they are: the partner knows our orders by them.
FIXED = ("warehouse", "merchant", "partner_key", "base_url")
# What is chosen once is shown in words afterwards.
KNOWN_AS = {"partner_key": "partner_label"}


def _pause(act: Act) -> Result:
    for account in PartnerAccount.objects.filter(pk__in=act.seen):
        accounts.pause(account, f"{act.cleaned['reason']} ({act.user})")
    return Result(len(act.seen))


def _try(act: Act, *, resume: bool) -> Result:
    for pk in act.seen:
        try_later(pk, resume=resume)
    return Result(len(act.seen))


ACTIONS = (
    ConfirmedAction(
        name="try_partner",
        label="Try the login",
        permission="fulfillment.run_partner",
        done="Being tried",
        why_not=lambda account: "",
        effect=lambda account: "The partner is asked what it opens; the page shows the answer.",
        perform=lambda act: _try(act, resume=False),
        icon="network_check",
    ),
    ConfirmedAction(
        name="pause_partner",
        label="Pause the account",
        permission="fulfillment.run_partner",
        done="Paused",
        why_not=lambda account: (
            f"It is paused: {account.pause_reason}" if account.paused_at else ""
        ),
        effect=lambda account: (
            "Nothing is handed over or asked until it is resumed. What the partner has, it ships."
        ),
        perform=_pause,
        form=lambda rows, sent: ReasonForm(sent),
        icon="pause",
        danger=True,
    ),
    ConfirmedAction(
        name="resume_partner",
        label="Resume the account",
        permission="fulfillment.run_partner",
        done="Being tried, and resumed if its login works",
        why_not=lambda account: "" if account.paused_at else "It is not paused.",
        effect=lambda account: "Its login is tried. If it works, what waits is handed over.",
        perform=lambda act: _try(act, resume=True),
        icon="play_arrow",
    ),
)


@admin.register(PartnerAccount)
class PartnerAccountAdmin(ExportedList, ConfirmedActionsMixin, OfAllStores):
    """A merchant's account at the partner of a warehouse."""

    form = PartnerAccountForm
    confirmed_actions = ACTIONS
    list_display = (
        "warehouse",
        "merchant",
        "partner_label",
        "traffic",
        "with_it",
        "oldest_waiting",
        "not_taken",
        "last_exchange",
    )
    list_filter = ("warehouse", "merchant")
    list_select_related = ("warehouse", "merchant")
    search_fields = ("warehouse__name", "merchant__name")
    search_help_text = "Warehouse or merchant"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was handed over is kept; pause it instead."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count what each has in hand, in the same statement."""
        jobs = PartnerJob.objects.filter(account=OuterRef("pk")).order_by().values("account")
        refused = jobs.filter(state=JobState.REFUSED).exclude(
            fulfillment_order__work_status__in=ENDED
        )
        newest = PartnerExchange.objects.filter(account=OuterRef("pk")).order_by("-id")
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(
            given=_count(jobs.filter(state__in=CLAIMED)),
            refused=_count(refused),
            waiting_since=Subquery(
                jobs.filter(state=JobState.WAITING)
                .annotate(since=Min("created_at"))
                .values("since")
            ),
            exchanged_at=Subquery(newest.values("at")[:1]),
        )
        return counted

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Add the fields for credentials and options, which are no columns."""
        fixed = self.get_readonly_fields(request, obj)
        kwargs["fields"] = [name for name in COLUMNS if name not in fixed]
        form = super().get_form(request, obj, **kwargs)
        fields = platform_fields.fields_of(_kinds(obj), obj.options if obj else {})
        left_out = dict.fromkeys(name for name in form.base_fields if name in fixed)
        return type("PartnerAccountForm", (form,), {**fields, **left_out})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Where an account is stays, and after its first order how our numbers begin."""
        if obj is None:
            return CONNECTION
        return (
            *CONNECTION,
            *FIXED,
            *KNOWN_AS.values(),
            *(("begins_with",) if obj.has_jobs else ()),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show where it is, then how it is asked, then the credentials."""
        kinds = [(kind.label, platform_fields.names(kind)) for kind in _kinds(obj)]
        sets = [
            (None, {"fields": [KNOWN_AS.get(name, name) if obj else name for name in WHERE]}),
            ("What the partner is asked for", {"fields": HOW}),
            *((f"{label}: credentials and options", {"fields": names}) for label, names in kinds),
        ]
        return [*sets, ("Connection", {"fields": CONNECTION})] if obj else sets

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and try in the background what was pasted: it is kept if it works."""
        pasted = form.pasted()
        if change:
            # Only what the form shows: a job may keep a fresh token at the same moment.
            shown = {*form.fields} & {*COLUMNS}
            also = ("pasted",) if pasted else ()
            obj.save(update_fields=(*sorted(shown), "methods", "options", *also))
        else:
            super().save_model(request, obj, form, change)
        if pasted:
            try_later(obj.pk)
            self.message_user(request, "What was pasted is being tried; it is kept if it works.")

    @admin.display(description="Partner", ordering="partner_key")
    def partner_label(self, account: PartnerAccount) -> str:
        """Who runs the warehouse."""
        return account.partner.label

    @admin.display(description="Traffic")
    def traffic(self, account: PartnerAccount) -> SafeString:
        """Whether anything is handed over or asked, and why not."""
        if account.paused_at:
            return format_html("{} {}", badge("Paused", "stop"), account.pause_reason)
        if account.failing_since:
            since = f"Not reached for {words.age(account.failing_since)}"
            return badge(since, "wait")
        return badge("Working", "good")

    @admin.display(description="With the partner", ordering="given")
    def with_it(self, account: Any) -> int:
        """How many orders it has."""
        return int(account.given)

    @admin.display(description="Oldest waiting", ordering="waiting_since")
    def oldest_waiting(self, account: Any) -> str:
        """How long the oldest has waited to be handed over."""
        return words.age(account.waiting_since) if account.waiting_since else "–"

    @admin.display(description="Not taken", ordering="refused")
    def not_taken(self, account: Any) -> int:
        """How many the partner did not take, and nobody has repaired or shipped."""
        return int(account.refused)

    @admin.display(description="Last exchange", ordering="exchanged_at")
    def last_exchange(self, account: Any) -> datetime | None:
        """When the partner was last asked anything."""
        at: datetime | None = account.exchanged_at
        return at


def _kinds(account: PartnerAccount | None) -> list[Any]:
    """Return the partners whose fields are shown: all of them until one is chosen."""
    return [account.partner] if account else list(partner_registry.PARTNERS.values())


def _count(jobs: QuerySet[Any, Any]) -> Coalesce:
    counted = jobs.annotate(number=Count(F("pk"))).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
