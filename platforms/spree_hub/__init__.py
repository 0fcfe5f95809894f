"""Spree Commerce Hub (Augury, Wombat, FlowLink, Cangaroo): it posts to us, and polls us."""

from platforms.interface import Capabilities, CredentialField, Platform
from platforms.records import OTHER_CARRIER
from platforms.spree_hub.client import LABEL, SpreeHubClient, base_url
from platforms.spree_hub.desk import DESK, TOKEN
from platforms.spree_hub.options import CARRIERS, OPTIONS
from platforms.spree_hub.pushing import pushes
from platforms.spree_hub.wire import read_fulfillment_order

SPREE_HUB = Platform(
    key="spree_hub",
    label=LABEL,
    credentials=(
        CredentialField(
            TOKEN,
            "Hub token",
            "Make up 32 lower-case letters and digits, and enter the same in the hub as the "
            "token of our endpoint.",
        ),
    ),
    capabilities=Capabilities(told_when_asked=True, several_parcels=True),
    # We send nothing; a figure is needed all the same.
    requests_per_second=1.0,
    base_url=base_url,
    connect=SpreeHubClient,
    read_order=lambda raw, options: read_fulfillment_order(raw),
    order_in=lambda url: "",
    desk=DESK,
    pushes=pushes,
    options=OPTIONS,
    # The shop takes any name; these are for who ships.
    carriers={
        "ups": "UPS",
        "usps": "USPS",
        "fedex": "FedEx",
        "dhl": "DHL",
        OTHER_CARRIER: "Other",
    },
    carriers_option=CARRIERS,
    by_hand={
        "answers_requests": "What the hub was told to be taken cannot be rejected later. Tell the "
        "merchant, who cancels it in the shop.",
        "answers_cancellations": "A cancellation is answered at once: before picking, yes.",
        "ships_partially": "The shop ships a shipment at once. Wait until all of it is there, or "
        "have the merchant split it in the shop.",
        "closes_short": "Ship what there is; the hub is told of the units that really left.",
        "moves": "Have the merchant move the shipment to another stock location in the shop.",
        "splits": "Have the merchant split the shipment in the shop.",
        "holds": "Hold it here; the shop is not told.",
        "keeps_stock": "Nothing is pushed: the hub asks for stock levels when it wants them.",
        "registers_locations": "Name the location as the shop names its stock location.",
        "corrects_tracking": "The hub has been told. Tell the merchant the right tracking code.",
        "voids_shipments": "The hub has been told. Tell the merchant what has not left after all.",
    },
)
