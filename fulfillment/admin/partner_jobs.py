"""The orders that partners have or had: what each said of them, and what we said."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.badges import badge
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from fulfillment.handover import reclaiming, repeating
from fulfillment.handover.jobs import serve_later
from fulfillment.models import JobState, PartnerJob
from fulfillment.models.partners import LIVE
from platforms.errors import Refusal
from relay.admin.rows import OperatorAdmin
from relay.admin.stores import ReasonForm

EXCHANGES_SHOWN = 50
TONES = {
    JobState.GIVEN: "info",
    JobState.DONE: "good",
    JobState.REFUSED: "stop",
    JobState.CANCELLED: "stop",
    JobState.IN_DOUBT: "wait",
}


def _each(act: Act, do: Callable[[PartnerJob], None]) -> Result:
    """Do it with each job; one that refuses stays as it is, and the others go on."""
    result = Result()
    for job in PartnerJob.objects.filter(pk__in=act.seen):
        try:
            do(job)
        except Refusal as refusal:
            result.refused.append((str(job), str(refusal)))
            continue
        result.done += 1
    return result


def _again(act: Act) -> Result:
    def again(job: PartnerJob) -> None:
        repeating.again(job, by=act.user)
        serve_later(job.account_id)

    return _each(act, again)


def _go_on_alone(act: Act) -> Result:
    return _each(act, lambda job: reclaiming.go_on_alone(job, act.cleaned["reason"], by=act.user))


def _why_not_asked(job: PartnerJob) -> str:
    if job.state not in LIVE:
        return f"It stands at “{job.get_state_display()}”."
    paused = job.account.paused_at
    return f"The account is paused: {job.account.pause_reason}" if paused else ""


def _ask_now(act: Act) -> Result:
    jobs = PartnerJob.objects.filter(pk__in=act.seen, state__in=LIVE)
    asked = jobs.update(run_after=timezone.now())
    for account_id in jobs.order_by().values_list("account", flat=True).distinct():
        serve_later(account_id)
    return Result(asked)


ACTIONS = (
    ConfirmedAction(
        name="ask_partner",
        label="Ask the partner now",
        permission="fulfillment.hand_over",
        done="Being asked",
        why_not=_why_not_asked,
        effect=lambda job: "The partner is asked how it stands, or for it if it waits.",
        perform=_ask_now,
        icon="sync",
    ),
    ConfirmedAction(
        name="hand_over_again",
        label="Hand over again",
        permission="fulfillment.hand_over",
        done="To be handed over again",
        why_not=lambda job: repeating.why_not(job.fulfillment_order, job),
        effect=lambda job: (
            "The partner has stopped it under this number; it is given again by another one."
            if job.ref
            else "The partner is asked first whether it has it, so that it never gets two."
        ),
        perform=_again,
        icon="replay",
    ),
    ConfirmedAction(
        name="go_on_alone",
        label="Go on without the partner",
        permission="fulfillment.hand_over",
        done="Ours again",
        why_not=reclaiming.why_not_alone,
        effect=lambda job: (
            "It is ready to pick here, although the partner may ship it too: tell the partner "
            "first. A problem stays until that is settled."
        ),
        perform=_go_on_alone,
        form=lambda rows, sent: ReasonForm(sent),
        icon="call_split",
        danger=True,
    ),
)


@admin.register(PartnerJob)
class PartnerJobAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, OperatorAdmin):
    """What was handed to partners, and how it stands there."""

    page_template = "fulfillment/partner_job.html"
    nowhere = "There is no such order with a partner."
    confirmed_actions = ACTIONS
    list_display = (
        "reference",
        "ref",
        "order_link",
        "warehouse",
        "where_it_stands",
        "said",
        "reason",
        "read_at",
        "next_try",
    )
    list_filter = ("state", "account__warehouse", "account__merchant")
    list_select_related = (
        "account__warehouse",
        "account__merchant",
        "fulfillment_order__order",
    )
    search_fields = (
        "reference__iexact",
        "ref__iexact",
        "fulfillment_order__order__number__iexact",
    )
    search_help_text = "Our number there, the partner’s number, or the order’s number"
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """What the partner said in full is read only by the page of one."""
        related = ("account__warehouse", "fulfillment_order__order")
        return super().get_queryset(request).select_related(*related).defer("raw")

    @admin.display(description="Order")
    def order_link(self, job: PartnerJob) -> SafeString:
        """The order, and the way to its page."""
        return _link("fulfillmentorder", job.fulfillment_order_id, job.fulfillment_order.order)

    @admin.display(description="Warehouse")
    def warehouse(self, job: PartnerJob) -> str:
        """Where the partner has it."""
        return str(job.account.warehouse)

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, job: PartnerJob) -> SafeString:
        """The state, coloured."""
        return badge(job.get_state_display(), TONES.get(JobState(job.state), ""))

    @admin.display(description="At the partner")
    def said(self, job: PartnerJob) -> str:
        """The status in the partner's words."""
        return job.upstream_status

    @admin.display(description="Next try")
    def next_try(self, job: PartnerJob) -> datetime | None:
        """When it is asked for or about next; nothing for one that has ended."""
        return job.run_after if job.state in LIVE else None

    def page_context(self, request: HttpRequest, job: PartnerJob) -> dict[str, Any]:
        """Show what the partner said, and every exchange about it."""
        return {
            "job": job,
            "badge": self.where_it_stands(job),
            "order_link": self.order_link(job),
            "next_try": self.next_try(job),
            "answer": job.raw and json.dumps(job.raw, indent=2, ensure_ascii=False),
            "exchanges": job.exchanges.order_by("-id")[:EXCHANGES_SHOWN],
            "possible": self.possible(request, job),
        }


def _link(model: str, pk: int, text: object) -> SafeString:
    url = reverse(f"admin:fulfillment_{model}_change", args=[pk])
    return format_html('<a href="{}">{}</a>', url, text)
