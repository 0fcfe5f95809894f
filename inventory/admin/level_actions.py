"""What a person does to a level by hand: adjust, set aside, put back, set the buffer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from backoffice.actions import Act, ConfirmedAction, Result
from inventory import adjusting
from inventory.models import StockLevel
from platforms.errors import Refusal

PERMISSION = "inventory.adjust_stock"
MOST_UNITS = 1_000_000_000


class ReasonForm(forms.Form):
    """Why it is done; the history keeps it."""

    reason = forms.CharField(label="Reason", max_length=500)


class AdjustForm(ReasonForm):
    """What is there now: a new figure, or how many more or fewer."""

    how = forms.ChoiceField(
        label="What do you know?",
        choices=[("figure", "How many there are now"), ("change", "How many more or fewer")],
        initial="figure",
    )
    units = forms.IntegerField(
        label="Units",
        min_value=-MOST_UNITS,
        max_value=MOST_UNITS,
        help_text="For fewer, write a minus before it: -2.",
    )
    field_order = ("how", "units", "reason")

    def clean(self) -> dict[str, Any]:
        """Nobody has fewer than none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("how") == "figure" and (cleaned.get("units") or 0) < 0:
            self.add_error("units", "There cannot be fewer than none. Or did you mean the change?")
        return cleaned


class AsideForm(ReasonForm):
    """How many units, and as what they are set aside."""

    where = forms.ChoiceField(label="As", choices=[*adjusting.ASIDE.items()], initial="damaged")
    units = forms.IntegerField(label="Units", min_value=1, max_value=MOST_UNITS)
    field_order = ("where", "units", "reason")


class BufferForm(ReasonForm):
    """How many units stores are not told of."""

    units = forms.IntegerField(
        label="Buffer",
        min_value=0,
        max_value=MOST_UNITS,
        help_text="So many units of it no store is told of. 0: all of them.",
    )
    field_order = ("units", "reason")


def each(act: Act, do: Callable[[int, int | None], None]) -> Result:
    """Do it to each level with the movement that was seen last; a refusal stops no other."""
    names = StockLevel.objects.select_related("product", "warehouse").in_bulk(list(act.seen))
    result = Result()
    for level_id, seen in act.seen.items():
        try:
            do(level_id, seen)
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(names[level_id]), str(refusal)))
    return result


def _adjust(act: Act) -> Result:
    words = {"reason": act.cleaned["reason"], "by": act.user}
    units = act.cleaned["units"]
    if act.cleaned["how"] == "figure":
        return each(
            act,
            lambda pk, seen: adjusting.set_on_hand(level_id=pk, figure=units, seen=seen, **words),
        )
    return each(
        act, lambda pk, seen: adjusting.change_on_hand(level_id=pk, units=units, seen=seen, **words)
    )


def _move_aside(act: Act, use_case: Callable[..., None]) -> Result:
    words = {name: act.cleaned[name] for name in ("where", "units", "reason")}
    return each(act, lambda pk, seen: use_case(level_id=pk, seen=seen, by=act.user, **words))


def _set_buffer(act: Act) -> Result:
    words = {name: act.cleaned[name] for name in ("units", "reason")}
    return each(
        act, lambda pk, seen: adjusting.set_buffer(level_id=pk, seen=seen, by=act.user, **words)
    )


def _nothing_aside(level: StockLevel) -> str:
    aside = any(getattr(level, where) for where in adjusting.ASIDE)
    return "" if aside else "Nothing of it is set aside."


def _aside(level: StockLevel) -> str:
    named = [
        f"{getattr(level, where)} {words.lower()}"
        for where, words in adjusting.ASIDE.items()
        if getattr(level, where)
    ]
    return ", ".join(named) or "nothing set aside"


def _form(kind: type[forms.Form]) -> Callable[[Sequence[Any], Mapping[str, Any] | None], Any]:
    return lambda rows, sent: kind(sent)


LEVEL_ACTIONS = (
    ConfirmedAction(
        name="adjust_stock",
        label="Adjust",
        permission=PERMISSION,
        done="Adjusted",
        why_not=lambda level: "",
        effect=lambda level: (
            f"{level.on_hand} on hand, {level.allocated} promised, {_aside(level)} now. "
            "Its stores are told what changes."
        ),
        perform=_adjust,
        form=_form(AdjustForm),
        icon="edit",
    ),
    ConfirmedAction(
        name="set_aside",
        label="Set aside",
        permission=PERMISSION,
        done="Set aside",
        why_not=lambda level: "",
        effect=lambda level: (
            f"Units stay on hand and are no longer for sale: {level.on_hand} on hand, "
            f"{_aside(level)} now."
        ),
        perform=lambda act: _move_aside(act, adjusting.set_aside),
        form=_form(AsideForm),
        icon="block",
    ),
    ConfirmedAction(
        name="put_back",
        label="Put back for sale",
        permission=PERMISSION,
        done="Put back for sale",
        why_not=_nothing_aside,
        effect=lambda level: f"Units are for sale again: {_aside(level)} now.",
        perform=lambda act: _move_aside(act, adjusting.put_back),
        form=_form(AsideForm),
        icon="undo",
    ),
    ConfirmedAction(
        name="set_buffer",
        label="Set buffer",
        permission=PERMISSION,
        done="Buffer set",
        why_not=lambda level: "",
        effect=lambda level: f"The buffer is {level.buffer} now. Its stores are told what changes.",
        perform=_set_buffer,
        form=_form(BufferForm),
        icon="shield",
    ),
)
