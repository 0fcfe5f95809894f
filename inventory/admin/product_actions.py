"""How the stock of a product begins: a person says how many there are in a warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms

from backoffice.actions import Act, ConfirmedAction, Result
from inventory import adjusting
from inventory.admin.level_actions import MOST_UNITS, PERMISSION, ReasonForm
from inventory.models import Product
from locations.models import Warehouse
from platforms.errors import Refusal


class EnterForm(ReasonForm):
    """Where, and how many."""

    warehouse = forms.ModelChoiceField(Warehouse.objects.none())
    units = forms.IntegerField(label="Units on hand", min_value=0, max_value=MOST_UNITS)
    field_order = ("warehouse", "units", "reason")

    def __init__(self, sent: Mapping[str, Any] | None, user: Any = None) -> None:
        super().__init__(sent)
        if user is not None:
            mine = Warehouse.objects.worked_by(user)
            self.fields["warehouse"].queryset = mine  # type: ignore[attr-defined]


def _enter(act: Act) -> Result:
    result = Result()
    for product in Product.objects.filter(pk__in=act.seen):
        try:
            adjusting.enter(
                product=product,
                warehouse=act.cleaned["warehouse"],
                figure=act.cleaned["units"],
                reason=act.cleaned["reason"],
                by=act.user,
            )
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(product), str(refusal)))
    return result


ENTER_STOCK = ConfirmedAction(
    name="enter_stock",
    label="Enter stock",
    permission=PERMISSION,
    done="Stock entered",
    why_not=lambda product: "",
    effect=lambda product: (
        "From now on only what is there is promised."
        if not product.counted
        else "It is counted in one more warehouse. Where it is counted already, adjust it."
    ),
    perform=_enter,
    form=lambda rows, sent: EnterForm(sent),
    at_most=1,
    icon="add_box",
)


def for_user(action: ConfirmedAction, user: Any) -> ConfirmedAction:
    """Return the action whose form offers this user's warehouses and no others."""

    def form(rows: Sequence[Any], sent: Mapping[str, Any] | None) -> forms.BaseForm:
        return EnterForm(sent, user)

    return replace(action, form=form) if action is ENTER_STOCK else action
