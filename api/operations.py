"""The operations of the contract, by their addresses below /v2."""

from django.urls import path

import api.paths  # noqa: F401 - it registers a kind of path
from api.views.accounting import AccountingView
from api.views.inventory import FullInventoryView, InventoryView
from api.views.orders import OrdersView, OrderView, SimpleOrdersView
from api.views.partners import ShipView, StatusView
from api.views.people import MeView
from api.views.returns import ReturnsView
from api.views.tracking import TrackByQueryView, TrackView

OPERATIONS = [
    path("v2/users/me", MeView.as_view()),
    path("v2/orders", OrdersView.as_view()),
    path("v2/orders/simple", SimpleOrdersView.as_view()),
    path("v2/orders/<str:id>/ship", ShipView.as_view()),
    path("v2/orders/<str:id>/status", StatusView.as_view()),
    # A merchant's own id may have anything in it.
    path("v2/orders/<anything:id>", OrderView.as_view()),
    path("v2/inventory", InventoryView.as_view()),
    path("v2/inventory/full", FullInventoryView.as_view()),
    path("v2/returns", ReturnsView.as_view()),
    path("v2/accounting", AccountingView.as_view()),
    path("v2/track", TrackByQueryView.as_view()),
    path("v2/track/<anything:trackingNumber>", TrackView.as_view()),
]
