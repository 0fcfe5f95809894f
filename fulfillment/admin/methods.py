"""The shipping methods of stores, and the carrier that we use for each."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget

from backoffice.badges import badge
from backoffice.exports import ExportedList
from fulfillment import catalogue
from fulfillment.models import ShippingMethod
from relay.admin.rows import OfAllStores

CHOOSE = [("", "The one used last")]
NOT_YET = [("", "Not chosen yet")]
NEEDED = (
    "The ship page begins with this carrier. Until one is chosen, orders that name the method have "
    "a problem, and no rule accepts them. Those that wait are checked again."
)


class ShippingMethodForm(forms.ModelForm):  # type: ignore[type-arg]
    """Chooses among the carriers that the method's platform knows."""

    class Meta:
        model = ShippingMethod
        fields = ("carrier",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "carrier" in self.fields:
            carriers = self.instance.store.carriers
            field = self.fields["carrier"]
            maps = self.instance.store.platform.capabilities.maps_methods
            self.fields["carrier"] = forms.ChoiceField(
                label=field.label,
                help_text=NEEDED if maps else field.help_text,
                required=False,
                choices=[
                    *(NOT_YET if maps else CHOOSE),
                    *sorted(carriers.items(), key=lambda pair: pair[1]),
                ],
                widget=UnfoldAdminSelectWidget,
            )


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ExportedList, OfAllStores):
    """How the stores ship. They are read from the store, and seen on its orders."""

    form = ShippingMethodForm
    list_display = ("code", "name", "store", "carrier_label", "where_it_stands")
    list_filter = ("store",)
    list_select_related = ("store",)
    search_fields = ("code", "name")
    fields = ("store", "code", "name", "carrier", "standing", "listed_at", "gone_at")
    readonly_fields = ("store", "code", "name", "standing", "listed_at", "gone_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from the stores."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is gone stays, for orders that name it."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Choose its carrier, and check what waits for that."""
        catalogue.choose_carrier(obj, obj.carrier, by=request.user)  # type: ignore[arg-type]

    @admin.display(description="Carrier", ordering="carrier")
    def carrier_label(self, method: ShippingMethod) -> str:
        """The carrier chosen, by its name."""
        return method.store.carriers.get(method.carrier, method.carrier)

    @admin.display(description="Where it stands")
    def where_it_stands(self, method: ShippingMethod) -> SafeString:
        """Whether the store offers it."""
        return badge(method.standing, "good" if method.listed_at and not method.gone_at else "wait")
