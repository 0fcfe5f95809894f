"""All that comes in by HTTP."""

import re

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config.metrics import metrics
from relay import health
from relay.answering import DeskView
from relay.merchant_views import AppView, InstalledView
from relay.views import InboundView

front = path("", RedirectView.as_view(pattern_name="admin:index"))
urlpatterns = [
    # Where a Spree hub lives at the root, that is where it looks whether we are there.
    *([front] if settings.SPREE_HUB_PATH else ()),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics),
]

# 29 Next. A store appends the second part to the callback address that we registered, with one
# slash or two, and with or without one at the end (contract next29, section 8).
urlpatterns += [
    re_path(
        r"^next29/cb/(?P<key>[\w-]{1,64})/+fulfillment-order-notification/?$",
        InboundView.as_view(platform_key="next29", endpoint_name="callback"),
    ),
    path(
        "next29/cb/<str:key>",
        InboundView.as_view(platform_key="next29", endpoint_name="callback"),
        name="next29-callback",
    ),
    re_path(
        r"^next29/webhooks/(?P<key>[\w-]{1,64})/?$",
        InboundView.as_view(platform_key="next29", endpoint_name="webhook"),
        name="next29-webhook",
    ),
    # Where a merchant's browser comes from its store's dashboard (contract next29, section 3).
    re_path(r"^next29/app/?$", AppView.as_view(platform_key="next29"), name="next29-app"),
    re_path(
        r"^next29/installed/?$",
        InstalledView.as_view(platform_key="next29"),
        name="next29-installed",
    ),
]

# Spresso. One address for each event: a message need not say which one it is (contract spresso,
# section 4.3).
urlpatterns += [
    path(
        f"spresso/{event}/<str:key>",
        InboundView.as_view(platform_key="spresso", endpoint_name=event),
        name=f"spresso-{event}",
    )
    for event in ("fulfillable", "cancelled")
]

# Haravan. Each store has an address for the webhooks of its own admin; those of an app come to one
# address, and say which store they are from (contract haravan, section 14).
urlpatterns += [
    path(
        "haravan/webhook/<str:key>",
        InboundView.as_view(platform_key="haravan", endpoint_name="webhook"),
        name="haravan-webhook",
    ),
    path(
        "haravan/app",
        InboundView.as_view(platform_key="haravan", endpoint_name="app"),
        name="haravan-app-webhook",
    ),
    path("haravan/install", AppView.as_view(platform_key="haravan"), name="haravan-app"),
    path(
        "haravan/installed",
        InstalledView.as_view(platform_key="haravan"),
        name="haravan-installed",
    ),
]

# The API that merchants call (contract fulfillment_com).
urlpatterns += [path("", include("api.addresses"))]

# A Spree hub adds the name of a service to the address that it was given (contract spree_hub,
# section 2). Where that is the root, whatever stands above comes first.
hub = f"{re.escape(settings.SPREE_HUB_PATH)}/" if settings.SPREE_HUB_PATH else ""
urlpatterns += [
    *([path(settings.SPREE_HUB_PATH, DeskView.as_view(platform_key="spree_hub"))] if hub else ()),
    re_path(
        rf"^{hub}(?P<path>.*)$", DeskView.as_view(platform_key="spree_hub"), name="spree_hub-desk"
    ),
]
