"""What can be done with a count: hand it over, count again, post it, give it up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Count, F, Q, Sum

from backoffice.actions import Act, ConfirmedAction, Result
from inventory import counting
from inventory.admin.inbound_actions import one_by_one
from inventory.models import Stocktake, StocktakeLine, StocktakeState

CHOSEN = "chosen"
WHICH = (
    ("different", "Those with a difference"),
    ("all", "All that were counted"),
    ("none", "None: only go on with what is not counted yet"),
)


class AgainForm(forms.Form):
    """Which lines are counted anew; the page of a review names them one by one."""

    which = forms.ChoiceField(label="Which lines are forgotten", choices=WHICH)

    def __init__(self, counts: Sequence[Stocktake], sent: Mapping[str, Any] | None) -> None:
        super().__init__(sent)
        named = sent.getlist("line") if sent is not None else []  # type: ignore[attr-defined]
        self.named = [int(pk) for pk in named if pk.isascii() and pk.isdecimal() and len(pk) < 19]
        if sent is not None and sent.get("which") == CHOSEN:
            self.fields["which"] = forms.ChoiceField(
                label="Which lines are forgotten", choices=((CHOSEN, "Those ticked"), *WHICH)
            )

    def clean(self) -> dict[str, Any]:
        """Nothing ticked is a slip."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("which") == CHOSEN and not self.named:
            self.add_error("which", "No line was ticked. Go back and tick some, or choose here.")
        cleaned["named"] = self.named
        return cleaned


def _again(act: Act) -> Result:
    return one_by_one(
        act,
        Stocktake,
        lambda pk: counting.count_again(
            pk, by=act.user, line_ids=_meant(pk, act.cleaned["which"], act.cleaned["named"])
        ),
    )


def _meant(pk: int, which: str, named: Sequence[int]) -> Sequence[int]:
    lines = StocktakeLine.objects.filter(stocktake=pk)
    if which == "different":
        return list(lines.different().values_list("pk", flat=True))
    if which == "all":
        return list(lines.values_list("pk", flat=True))
    return named if which == CHOSEN else []


def load_progress(counts: Sequence[Any]) -> None:
    """Note at each count how many lines it has, how many are counted, and how many differ."""
    more, fewer = Q(counted__gt=F("expected")), Q(counted__lt=F("expected"))
    sums = StocktakeLine.objects.filter(stocktake__in=counts).order_by().values("stocktake")
    sums = sums.annotate(
        lines=Count("pk"),
        done=Count("counted"),
        more=Count("pk", filter=more),
        fewer=Count("pk", filter=fewer),
        units_more=Sum(F("counted") - F("expected"), filter=more, default=0),
        units_fewer=Sum(F("expected") - F("counted"), filter=fewer, default=0),
    )
    found = {row["stocktake"]: row for row in sums}
    for count in counts:
        count.progress = found.get(count.pk, {"lines": 0, "done": 0})


def _why_not(state: StocktakeState) -> Any:
    def why_not(count: Stocktake) -> str:
        if count.state == state:
            return ""
        return counting.stands_at(count)

    return why_not


def _why_not_finish(count: Any) -> str:
    if reason := _why_not(StocktakeState.COUNTING)(count):
        return str(reason)
    return "" if count.progress["done"] else "Nothing has been counted yet."


def _finish_words(count: Any) -> str:
    progress = count.progress
    rest = progress["lines"] - progress["done"]
    tail = f" {rest} are not: the books keep what they say of these." if rest else ""
    return f"{progress['done']} of {progress['lines']} lines are counted.{tail}"


def _post_words(count: Any) -> str:
    progress = count.progress
    different = progress["more"] + progress["fewer"]
    if not different:
        return "No line differs: the books stay as they are."
    return (
        f"Differences that are booked: {different}. Units more: {progress['units_more']}, "
        f"fewer: {progress['units_fewer']}."
    )


ACTIONS = (
    ConfirmedAction(
        name="finish_count",
        label="Hand over for review",
        permission="inventory.count_stock",
        done="Handed over for review",
        load=load_progress,
        why_not=_why_not_finish,
        effect=_finish_words,
        perform=lambda act: one_by_one(act, Stocktake, lambda pk: counting.finish(pk, by=act.user)),
        icon="fact_check",
    ),
    ConfirmedAction(
        name="post_count",
        label="Post",
        permission="inventory.post_count",
        done="Posted",
        load=load_progress,
        why_not=_why_not(StocktakeState.REVIEW),
        effect=_post_words,
        perform=lambda act: one_by_one(act, Stocktake, lambda pk: counting.post(pk, by=act.user)),
        icon="task_alt",
    ),
    ConfirmedAction(
        name="count_again",
        label="Count again",
        permission="inventory.post_count",
        done="Back on the floor",
        why_not=_why_not(StocktakeState.REVIEW),
        effect=lambda count: "It goes back to the floor. Lines that are forgotten are empty again.",
        perform=_again,
        form=AgainForm,
        icon="replay",
    ),
    ConfirmedAction(
        name="drop_count",
        label="Give up the count",
        permission="inventory.post_count",
        done="Given up",
        why_not=lambda count: "" if count.state in counting.OPEN else counting.stands_at(count),
        effect=lambda count: "Nothing of it is booked.",
        perform=lambda act: one_by_one(act, Stocktake, lambda pk: counting.drop(pk, by=act.user)),
        icon="delete",
        danger=True,
    ),
)
