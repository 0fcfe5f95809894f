"""Haravan: rings when an order changes, lists what has changed, and waits for no answer."""

from platforms.haravan.api import LABEL
from platforms.haravan.carriers import CARRIERS
from platforms.haravan.client import TOKEN, HaravanClient, order_in
from platforms.haravan.install import INSTALL
from platforms.haravan.options import CARRIERS as CARRIERS_OPTION
from platforms.haravan.options import OPTIONS
from platforms.haravan.topics import APP_EVENTS
from platforms.haravan.webhook import APP, WEBHOOK, base_url
from platforms.haravan.wire import read_kept
from platforms.interface import Capabilities, CredentialField, Platform

HARAVAN = Platform(
    key="haravan",
    label=LABEL,
    credentials=(
        CredentialField(
            TOKEN,
            "Access token",
            "In the shop: Apps > Private apps. Scopes: com.read_orders, com.write_orders, "
            "com.read_shop. For stock as well: com.read_products, com.read_inventories, "
            "com.write_inventories.",
        ),
        CredentialField(
            "webhook_secret",
            "Webhook secret",
            "In the shop: Settings > Notifications > Webhooks. For an app, its client secret. "
            "Without it no message is believed, and changes are found by asking.",
            required=False,
        ),
    ),
    capabilities=Capabilities(
        reads_orders_back=True,
        lists_work=True,
        lists_changes=True,
        lists_locations=True,
        ships_partially=True,
        several_parcels=True,
        corrects_tracking=True,
        voids_shipments=True,
        customer_notice=True,
        shows_orders=True,
        # Only of carriers that the merchant books through the shop: contract haravan, section 9.
        shows_deliveries=True,
        keeps_stock=True,
        # Its open orders are `qty_commited`, and what it sells is on hand less that. We set what is
        # on hand (U): contract haravan, section 13.
        reserves_stock=True,
    ),
    # Contract haravan, section 15: a bucket of 80 that drains four a second never fills at this.
    requests_per_second=4.0,
    base_url=base_url,
    connect=HaravanClient,
    read_order=read_kept,
    order_in=order_in,
    endpoints={"webhook": WEBHOOK, "app": APP},
    options=OPTIONS,
    by_hand={
        "answers_requests": "To turn an order down, cancel it in the shop's admin, with a reason.",
        "answers_cancellations": "A cancelled order is stopped here without an answer. If the "
        "parcel has left, tell the merchant.",
        "registers_locations": "The merchant makes the location; say here which warehouse it is.",
        "voids_shipments": "Cancel the shipment in the shop's admin.",
        "closes_short": "Refund or cancel the rest of the order in the shop's admin.",
        "holds": "Write to the merchant, and put the order on hold here.",
        "moves": "Change the location of the order in the shop's admin.",
        "splits": "Ship what is there: the rest of the order stays open by itself.",
        "takes_progress": "Confirm the order in the shop's admin, if the merchant wants that.",
        "takes_delivery_events": "Set the delivery status in the shop's admin.",
        "lists_shipping_methods": "Type the names of the shop's ways to ship, as its orders have "
        "them.",
    },
    # Chosen at the app, on Haravan's partner site; a store can only switch all of them on.
    app_events=APP_EVENTS,
    carriers=CARRIERS,
    carriers_option=CARRIERS_OPTION,
    install=INSTALL,
)
