"""Our own API: a merchant's program places orders with us and asks how they stand."""

from platforms.interface import Capabilities, Platform
from platforms.own_api.client import LABEL, OwnApiClient, base_url
from platforms.own_api.wire import read_fulfillment_order
from platforms.records import OTHER_CARRIER

OWN_API = Platform(
    key="own_api",
    label=LABEL,
    # Merchants prove to us who they are; we prove nothing to anybody.
    credentials=(),
    served_here=True,
    capabilities=Capabilities(told_when_asked=True, several_parcels=True, maps_methods=True),
    # We send nothing; a figure is needed all the same.
    requests_per_second=1.0,
    base_url=base_url,
    connect=OwnApiClient,
    read_order=lambda raw, options: read_fulfillment_order(raw),
    order_in=lambda url: "",
    carriers={
        "ups": "UPS",
        "usps": "USPS",
        "fedex": "FedEx",
        "dhl": "DHL",
        OTHER_CARRIER: "Other",
    },
    by_hand={
        "answers_requests": "The merchant sees it as a hold. Tell them why; they cancel it and "
        "place it again.",
        "answers_cancellations": "A cancellation is answered at once: before picking, yes.",
        "ships_partially": "An order departs once for the merchant. Wait until all of it is there.",
        "closes_short": "Tell the merchant which units were not shipped.",
        "moves": "Have the merchant cancel it, and place it again for the other warehouse.",
        "splits": "Have the merchant cancel it, and place two orders.",
        "holds": "Hold it here; the merchant sees the hold.",
        "keeps_stock": "Nothing is pushed: the merchant asks for stock when it wants to.",
        "registers_locations": "Give it any number: the merchant names the warehouse by its id.",
        "corrects_tracking": "After departure a tracking number is final for the merchant. Tell "
        "them the right one.",
        "voids_shipments": "The merchant has been told. Tell them what has not left after all.",
    },
)
