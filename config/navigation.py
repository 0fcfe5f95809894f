"""The sidebar of the admin: for each user the links that lead somewhere."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from oauth2_provider.models import get_access_token_model, get_application_model

from api.models import ApiKey, Charge, ExpectedReturn, Login, Use
from fulfillment.admin import compared
from fulfillment.admin.queues import QUEUES
from fulfillment.models import (
    PartnerAccount,
    PartnerExchange,
    PartnerJob,
    ShippingMethod,
    TrackingImport,
)
from inventory.models import (
    Inbound,
    Product,
    StockFile,
    StockLevel,
    StockMovement,
    StockRecord,
    Stocktake,
    Transfer,
    UnknownSku,
)
from locations.models import Location, Merchant, Store, Warehouse
from relay.models import Alarm, Exchange, InboundMessage, OutboundCall

Links = tuple[tuple[str, type[Model], str], ...]
WORK_LIST = "fulfillment_fulfillmentorder"
FLOOR: Links = (("Ship by file", TrackingImport, "upload_file"),)
GOODS: Links = (
    ("Inbounds", Inbound, "move_to_inbox"),
    ("Counts", Stocktake, "checklist"),
    ("Transfers", Transfer, "swap_horiz"),
)
STOCK: Links = (
    ("Products", Product, "category"),
    ("Stock levels", StockLevel, "inventory_2"),
    ("Stock movements", StockMovement, "swap_vert"),
    ("Unknown SKUs", UnknownSku, "help"),
    ("Stock records", StockRecord, "fact_check"),
    ("Stock by file", StockFile, "upload_file"),
)
OPERATOR: Links = (
    ("Stores", Store, "storefront"),
    ("Locations", Location, "pin_drop"),
    ("Outbound calls", OutboundCall, "outbox"),
    ("Messages", InboundMessage, "inbox"),
    ("Exchanges", Exchange, "swap_horiz"),
    ("Alarms", Alarm, "notifications"),
    ("Partner accounts", PartnerAccount, "warehouse"),
    ("Handed-over orders", PartnerJob, "forward_to_inbox"),
    ("Partner exchanges", PartnerExchange, "sync_alt"),
)
API: Links = (
    ("API logins", Login, "badge"),
    ("API clients", get_application_model(), "terminal"),
    ("API tokens", get_access_token_model(), "vpn_key"),
    ("Tracking keys", ApiKey, "key"),
    ("API use", Use, "monitoring"),
    ("Announced returns", ExpectedReturn, "assignment_return"),
    ("Charges", Charge, "payments"),
)
SETUP: Links = (
    ("Merchants", Merchant, "handshake"),
    ("Warehouses", Warehouse, "warehouse"),
    ("Shipping methods", ShippingMethod, "local_shipping"),
    ("Users", User, "person"),
    ("Groups", Group, "group"),
)
ICONS = {
    "to_decide": "rule",
    "cancellations": "cancel_schedule_send",
    "late": "alarm",
    "due_today": "today",
    "to_ship": "local_shipping",
    "problems": "warning",
    "in_transit": "route",
    "all": "list",
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of links that this user may follow; empty groups are left out."""
    groups: list[dict[str, Any]] = [
        {
            "title": "Floor",
            "items": [*_queues(request), *_links(request, FLOOR), *_comparison(request)],
        },
        {"title": "Goods", "separator": True, "items": _links(request, GOODS)},
        {"title": "Stock", "separator": True, "items": _links(request, STOCK)},
        {"title": "Sync", "separator": True, "items": _links(request, OPERATOR)},
        {"title": "API", "separator": True, "items": _links(request, API)},
        {"title": "Set-up", "separator": True, "items": _links(request, SETUP)},
    ]
    return [group for group in groups if group["items"]]


def _queues(request: HttpRequest) -> list[dict[str, Any]]:
    if not request.user.has_perm("fulfillment.view_fulfillmentorder"):
        return []
    url = reverse(f"admin:{WORK_LIST}_changelist")
    dashboard: dict[str, Any] = {
        "title": "Dashboard",
        "icon": "dashboard",
        "link": reverse("admin:index"),
    }
    return [
        dashboard,
        *(
            {
                "title": queue.label,
                "icon": ICONS[queue.key],
                "link": f"{url}?queue={queue.key}",
                "active": request.path == url and request.GET.get("queue") == queue.key,
            }
            for queue in QUEUES
        ),
    ]


def _comparison(request: HttpRequest) -> list[dict[str, Any]]:
    if not request.user.has_perm(compared.PERMISSION):
        return []
    return [{"title": compared.TITLE, "icon": "balance", "link": reverse(f"admin:{compared.URL}")}]


def _url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _links(request: HttpRequest, links: Links) -> list[dict[str, Any]]:
    """Return the links to those lists that their own screens would show to this user."""
    return [
        {"title": title, "icon": icon, "link": _url(model)}
        for title, model, icon in links
        if admin.site.get_model_admin(model).has_view_permission(request)
    ]
