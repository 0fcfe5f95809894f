"""Stores and their locations. They are here because connecting a store means talking to it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.badges import badge
from backoffice.exports import ExportedList
from locations.models import Location, StockPolicy, Store, Warehouse
from platforms.errors import Refusal
from relay import (
    alarms,
    arrivals,
    credentials,
    engine,
    installing,
    mapping,
    registration,
    subscription,
)
from relay.admin import platform_fields
from relay.admin.rows import OfAllStores, OperatorAdmin
from relay.admin.store_form import StoreForm
from relay.models import Comparison

WISHES = ("reads_orders", "tells_tracking")
STOCK = ("stock_policy", "stock_buffer", "stock_cap")
CONNECTION = (
    "check_result",
    "checked_at",
    "pulled_at",
    "granted",
    "installed_at",
    "subscription",
)


class ReasonForm(forms.Form):
    """Why somebody does it; everybody who wonders reads it."""

    reason = forms.CharField(label="Reason", max_length=500)


class LocationForm(forms.Form):
    """Which warehouse of ours a location of the store is."""

    warehouse = forms.ModelChoiceField(Warehouse.objects.all())
    ref = forms.CharField(
        label="Number or name of the location at the store",
        max_length=mapping.LONGEST_REF,
        help_text="Exactly as the store writes it: orders for it become this warehouse’s work.",
    )


class WarehouseForm(forms.Form):
    """Which warehouse the store shall know."""

    warehouse = forms.ModelChoiceField(
        Warehouse.objects.all(),
        help_text="The store makes it a location of its own, and then sends its orders here.",
    )


def _each(act: Act) -> Sequence[Store]:
    return list(Store.objects.filter(pk__in=act.seen))


def _test(act: Act) -> Result:
    for store in _each(act):
        engine.wake_test(store.pk)
    return Result(len(act.seen))


def _pull(act: Act) -> Result:
    for store in _each(act):
        engine.wake_pull(store.pk)
    return Result(len(act.seen))


def _read_methods(act: Act) -> Result:
    for store in _each(act):
        engine.wake_methods(store.pk)
    return Result(len(act.seen))


def _read_stock(act: Act) -> Result:
    for store in _each(act):
        engine.wake_stock_reading(store.pk)
    return Result(len(act.seen))


def _pause(act: Act) -> Result:
    for store in _each(act):
        alarms.pause(store, f"{act.cleaned['reason']} ({act.user})")
    return Result(len(act.seen))


def _resume(act: Act) -> Result:
    for store in _each(act):
        alarms.resume(store)
    return Result(len(act.seen))


def _register(act: Act) -> Result:
    return _try(
        act, lambda store: registration.register(store, act.cleaned["warehouse"], by=act.user)
    )


def _assign(act: Act) -> Result:
    place = act.cleaned["warehouse"], act.cleaned["ref"]
    return _try(act, lambda store: mapping.assign(store, *place))


def _try(act: Act, do: Callable[[Store], object]) -> Result:
    result = Result()
    for store in _each(act):
        try:
            do(store)
            result.done += 1
        except Refusal as refusal:
            result.refused.append((str(store), str(refusal)))
    return result


def _subscribe(act: Act) -> Result:
    for store in _each(act):
        subscription.subscribe(store, by=act.user)
    return Result(len(act.seen))


def _paused(store: Store) -> str:
    return f"It is paused: {store.pause_reason}" if store.paused_at else ""


def _registers_none(store: Store) -> str:
    if not store.platform.capabilities.registers_locations:
        return f"{store.platform.label} has its own locations. Assign one instead."
    return _paused(store)


def _registers_itself(store: Store) -> str:
    if store.platform.capabilities.registers_locations:
        return f"At {store.platform.label} a warehouse is registered instead."
    return ""


def _lists_none(store: Store) -> str:
    if not store.platform.capabilities.lists_work:
        return f"{store.platform.label} sends its orders and cannot be asked for them."
    return _paused(store)


def _without_methods(store: Store) -> str:
    if not store.platform.capabilities.lists_shipping_methods:
        return f"{store.platform.label} does not list shipping methods."
    return _paused(store)


def _without_stock(store: Store) -> str:
    if not store.platform.capabilities.keeps_stock:
        return f"{store.platform.label} has no stock records that we can read."
    return _paused(store)


def _not_subscribed_because(store: Store) -> str:
    if not subscription.needed(store):
        return f"{store.platform.label} announces nothing that we could subscribe to."
    return _paused(store)


def _stock_is_read(store: Store) -> str:
    if store.stock_policy == StockPolicy.OFF:
        return "What it believes to be in stock is read, and compared. It is told nothing."
    return "What it believes to be in stock is read, and compared. It is told what differs."


STORE_ACTIONS = (
    ConfirmedAction(
        name="test",
        label="Test connection",
        permission="locations.test_store",
        done="Being tested",
        why_not=lambda store: "",
        effect=lambda store: "It is asked what its credentials open; its page shows the answer.",
        perform=_test,
        icon="network_check",
    ),
    ConfirmedAction(
        name="pull",
        label="Ask for work now",
        permission="locations.test_store",
        done="Being asked for work",
        why_not=_lists_none,
        effect=lambda store: "All that waits there for an answer is read.",
        perform=_pull,
        icon="sync",
    ),
    ConfirmedAction(
        name="read_methods",
        label="Read shipping methods",
        permission="locations.test_store",
        done="Shipping methods being read",
        why_not=_without_methods,
        effect=lambda store: "What it offers its shoppers is read. Chosen carriers stay.",
        perform=_read_methods,
        icon="local_shipping",
    ),
    ConfirmedAction(
        name="read_stock",
        label="Read stock records",
        permission="locations.test_store",
        done="Stock records being read",
        why_not=_without_stock,
        effect=_stock_is_read,
        perform=_read_stock,
        icon="inventory",
    ),
    ConfirmedAction(
        name="register",
        label="Register a warehouse",
        permission="locations.add_location",
        done="Being registered",
        why_not=_registers_none,
        effect=lambda store: "The store is told of a warehouse of ours.",
        perform=_register,
        form=lambda rows, sent: WarehouseForm(sent),
        icon="warehouse",
    ),
    ConfirmedAction(
        name="assign",
        label="Assign a location",
        permission="locations.add_location",
        done="Assigned",
        why_not=_registers_itself,
        effect=lambda store: "What it wants shipped from that location is asked of us.",
        perform=_assign,
        form=lambda rows, sent: LocationForm(sent),
        icon="warehouse",
    ),
    ConfirmedAction(
        name="subscribe",
        label="Subscribe to changes",
        permission="locations.change_store",
        done="Being subscribed",
        why_not=_not_subscribed_because,
        effect=lambda store: "The store is told to announce changes to us, if it does not yet.",
        perform=_subscribe,
        icon="notifications_active",
    ),
    ConfirmedAction(
        name="pause",
        label="Pause",
        permission="locations.resume_store",
        done="Paused",
        why_not=_paused,
        effect=lambda store: "Nothing is sent or asked until it is resumed. Nothing is lost.",
        perform=_pause,
        form=lambda rows, sent: ReasonForm(sent),
        icon="pause",
        danger=True,
    ),
    ConfirmedAction(
        name="resume",
        label="Resume",
        permission="locations.resume_store",
        done="Resumed",
        why_not=lambda store: "" if store.paused_at else "It is not paused.",
        effect=lambda store: "Waiting calls are made, and the store is asked for work.",
        perform=_resume,
        icon="play_arrow",
    ),
)


@admin.register(Store)
class StoreAdmin(ExportedList, ConfirmedActionsMixin, OfAllStores):
    """The stores we work for: connect, test, pause, resume."""

    form = StoreForm
    confirmed_actions = STORE_ACTIONS
    list_display = ("name", "merchant", "platform_label", "traffic", "check_result", "pulled_at")
    list_filter = ("merchant", "platform_key")
    list_select_related = ("merchant",)
    search_fields = ("name", "account")
    change_form_outer_before_template = "relay/store.html"
    readonly_fields = (*CONNECTION, "stock_read_at")

    class Media:
        """The platforms' own fields are many; only the chosen one's are shown."""

        js = ("relay/platform_fields.js",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A store's history is kept; pause it instead."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Add the fields for credentials and options, which are no columns."""
        left_out = {*_not_offered(obj), *(() if _keeps_stock(obj) else STOCK)}
        kwargs["fields"] = [name for name in StoreForm.Meta.fields if name not in left_out]
        form = super().get_form(request, obj, **kwargs)
        return type("StoreForm", (form,), platform_fields.fields(obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show who and where, then the rules, then the credentials."""
        wishes = [name for name in WISHES if name not in _not_offered(obj)]
        rules = ("request_policy", "cancellation_policy", *wishes, "requests_per_second")
        sets = [
            (None, {"fields": ("merchant", "name", "platform_key", "account", "base_url")}),
            ("Rules", {"fields": rules}),
            *([("Stock", {"fields": (*STOCK, "stock_read_at")})] if _keeps_stock(obj) else ()),
            *(
                (
                    platform.label if obj is None else "Credentials and options",
                    {"fields": platform_fields.names(platform)},
                )
                for platform in platform_fields.platforms_of(obj)
            ),
        ]
        return [*sets, ("Connection", {"fields": CONNECTION})] if obj else sets

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: bool) -> None:
        """Save, and try the credentials in the background."""
        if change:
            # Only what the form shows: a job may keep a fresh token at the same moment.
            obj.save(update_fields=(*form.Meta.fields, "options"))
        else:
            super().save_model(request, obj, form, change)
        if change and (pasted := form.pasted()):
            credentials.keep_pasted(obj, **pasted)
        engine.wake_test(obj.pk)
        if {*form.changed_data} & {*STOCK} and obj.stock_policy != StockPolicy.OFF:
            # Read first: what the store believes by now decides what it must be told.
            engine.wake_stock_reading(obj.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Show the store's locations and the last comparison above the form."""
        if store := context.get("original"):
            context["locations"] = store.locations.select_related("warehouse")
            context["comparisons"] = _last_comparisons(store)
            context["arrivals"] = () if subscription.needed(store) else arrivals.addresses(store)
            context["by_hand"] = sorted(store.platform.by_hand.values())
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Platform")
    def platform_label(self, store: Store) -> str:
        """The platform's name."""
        return store.platform.label

    @admin.display(description="Granted to us")
    def granted(self, store: Store) -> str:
        """What the merchant allows, and what is missing, in words."""
        if not store.scopes:
            return "Not known: the store is connected with a pasted token."
        missing = installing.missing(store)
        words = [f"{scope} (we may not {use or 'use it'})" for scope, use in missing.items()]
        lacking = f" Missing: {'; '.join(words)}." if words else " Nothing is missing."
        return f"{', '.join(store.scopes.split())}.{lacking}"

    @admin.display(description="Subscription")
    def subscription(self, store: Store) -> str:
        """Since when the store announces changes to us, and what it does not announce."""
        if not subscription.needed(store):
            return "None is needed: its messages come to the addresses above, if it sends any."
        since = f"Since {localize(localtime(store.subscribed_at))}." if store.subscribed_at else ""
        return f"{since or 'The store announces nothing to us.'} {store.subscription_remark}"

    @admin.display(description="Traffic")
    def traffic(self, store: Store) -> SafeString:
        """Whether anything is sent or asked."""
        return badge("Paused", "stop") if store.paused_at else badge("Running", "good")


def _keeps_stock(store: Store | None) -> bool:
    """Tell whether there is a rule of stock to choose; a new store is connected first."""
    return store is not None and store.platform.capabilities.keeps_stock


def _not_offered(store: Store | None) -> list[str]:
    """Return the wishes that the store's platform cannot fulfil; a new store is offered all."""
    if store is None:
        return []
    can = store.platform.capabilities
    able = {"reads_orders": can.shows_orders, "tells_tracking": can.takes_delivery_events}
    return [name for name in WISHES if not able[name]]


def _last_comparisons(store: Store) -> list[tuple[str, Comparison | None]]:
    """Return the last comparison of each kind that applies to the store, with its title."""
    last = {
        about: store.comparisons.filter(about=about).first() for about in Comparison.About.values
    }
    shown = []
    if store.platform.capabilities.reads_orders_back:
        shown.append(("orders with the store’s", last[Comparison.About.ORDERS]))
    if store.stock_policy != StockPolicy.OFF or last[Comparison.About.STOCK]:
        shown.append(("stock with the store’s", last[Comparison.About.STOCK]))
    return shown


@admin.register(Location)
class LocationAdmin(ExportedList, OperatorAdmin):
    """Our warehouses, as the stores know them. A store's page registers one."""

    list_display = ("name", "store", "warehouse", "ref", "state", "registered_at", "remark")
    list_filter = ("state", "store", "warehouse")
    list_select_related = ("store", "warehouse")
    fields = readonly_fields = (
        "store",
        "warehouse",
        "name",
        "ref",
        "state",
        "remark",
        "registered_at",
    )
