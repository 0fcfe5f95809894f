"""Opens problems and settles them."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import status, timeline
from fulfillment.models import FulfillmentOrder, Line, Problem, Source, StatusCode
from platforms.errors import Refusal
from relay.models import OutboundCall


def open_one(
    order: FulfillmentOrder,
    source: Source,
    detail: str,
    *,
    call: OutboundCall | None = None,
    line: Line | None = None,
    code: str = "",
) -> None:
    """Open a problem, unless the same one is open already. Must run in a transaction."""
    Problem.objects.get_or_create(
        fulfillment_order=order,
        source=source,
        detail=detail,
        call=call,
        line=line,
        settled_at=None,
        defaults={"status_code": StatusCode.objects.get(code=code, variant=1) if code else None},
    )
    status.refresh([order])


def settle_found_by(
    sources: Iterable[Source], orders: Iterable[FulfillmentOrder], how: str
) -> None:
    """Settle all open problems of these orders that one of `sources` found."""
    Problem.objects.filter(
        fulfillment_order__in=list(orders), source__in=list(sources), settled_at=None
    ).update(settled_at=timezone.now(), settled_how=how)


def settle_lines(
    source: Source, lines: Iterable[int], orders: Iterable[FulfillmentOrder], how: str
) -> None:
    """Settle what `source` found open about these lines of these orders, which are locked."""
    Problem.objects.filter(line__in=list(lines), source=source, settled_at=None).update(
        settled_at=timezone.now(), settled_how=how
    )
    status.refresh(orders)


def settle_about(call: OutboundCall, how: str) -> None:
    """Settle the open problems that this call's refusal opened."""
    Problem.objects.filter(call=call, settled_at=None).update(
        settled_at=timezone.now(), settled_how=how
    )


@transaction.atomic
def settle(problem_id: int, *, by: User, how: str) -> Problem:
    """Settle one problem by hand. Raises Refusal when it is settled already."""
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    if problem.settled_at:
        raise Refusal("This problem is settled already.")
    problem.settled_at, problem.settled_by, problem.settled_how = timezone.now(), by, how
    problem.save()
    timeline.note(problem.fulfillment_order, f"Settled “{problem.detail}”: {how}", by=by)
    status.refresh([problem.fulfillment_order])
    return problem
