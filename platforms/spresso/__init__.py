"""Spresso: sends the order once it is paid for, is told what leaves, and answers no question."""

from platforms.interface import Capabilities, CredentialField, Option, Platform
from platforms.records import TrackingStatus
from platforms.secret_ways import check_url
from platforms.spresso.answers import LABEL
from platforms.spresso.carriers import CARRIERS, check_carriers
from platforms.spresso.client import SpressoClient, order_in
from platforms.spresso.shipping import DELIVERED
from platforms.spresso.tokens import CLIENT_ID, CLIENT_SECRET, STATIC, renew
from platforms.spresso.webhook import CANCELLATION, FULFILLABLE, HOST, base_url
from platforms.spresso.wire import read_kept

CREDENTIALS = (
    CredentialField(
        "webhook_secret",
        "Spresso webhook secret",
        "The client secret that Spresso issued to you: it signs what Spresso sends.",
    ),
    CredentialField(
        "former_webhook_secret",
        "Former Spresso webhook secret",
        "Only after a change of the secret: what was signed before is still taken.",
        required=False,
    ),
    CredentialField(
        STATIC,
        "Spresso token",
        "A token that does not run out. Or leave it empty, and fill in client id and secret.",
        required=False,
    ),
    CredentialField(
        CLIENT_ID,
        "Spresso client id",
        "With the client secret, tokens are fetched and renewed without you.",
        required=False,
    ),
    CredentialField(
        CLIENT_SECRET,
        "Spresso client secret",
        "May be the same as the webhook secret: ask Spresso.",
        required=False,
    ),
)
# Contract spresso, section 12: what is not published is a setting.
OPTIONS = (
    Option(
        "token_url",
        "Token address",
        f"{HOST}identity/v1/public/token",
        "Where tokens are fetched with client id and secret.",
        check_url,
    ),
    Option("audience", "Audience", "https://spresso-api", "What a fetched token is for."),
    Option("scope", "Scopes", "", "Separated by spaces; empty for all that are granted."),
    Option(
        "carrier_map",
        "Carriers",
        "",
        "Carriers beside UPS and FedEx, one a line: the code at Spresso, = and the name.",
        check_carriers,
        lines=True,
    ),
)
BY_HAND = {
    "reads_orders_back": (
        "What Spresso sent is all there is. For a message that was lost, ask the merchant or "
        "Spresso for its body, and load it with manage.py load_message."
    ),
    "lists_work": (
        "Spresso lists no open orders. Compare its orders in Foxtrot with ours from time to time."
    ),
    "answers_requests": (
        "An order that we cannot ship: ask the merchant to cancel it in Foxtrot. What we decide "
        "counts here only."
    ),
    "answers_cancellations": (
        "A cancellation is final at Spresso. If the parcel has left, tell the merchant; they "
        "settle it in Foxtrot."
    ),
    "registers_locations": (
        "Spresso's staff set up locations. Ask them for the location's id, and say here which "
        "warehouse it is."
    ),
    "lists_locations": "Ask Spresso or the merchant for the ids of the locations.",
    "moves": "Ask the merchant to cancel it in Foxtrot and to order from the other location.",
    "splits": (
        "A fulfillment stays one. Ship it in several parcels, or ask the merchant to cancel it in "
        "Foxtrot."
    ),
    "holds": "Leave it unpicked here, and tell the merchant why.",
    "corrects_tracking": (
        "Another tracking number would be a second parcel at Spresso. Ask the merchant to tidy up "
        "in Foxtrot."
    ),
    "voids_shipments": "A parcel stays at Spresso. Ask the merchant to tidy up in Foxtrot.",
    "keeps_stock": "Spresso takes stock as files over SFTP, which is not done here.",
}
SPRESSO = Platform(
    key="spresso",
    label=LABEL,
    credentials=CREDENTIALS,
    capabilities=Capabilities(
        ships_partially=True,
        takes_progress=True,
        wants_final_count=True,
        takes_delivery_events=True,
    ),
    # Contract spresso, section 9: not published, so a careful guess.
    requests_per_second=2.0,
    base_url=base_url,
    connect=SpressoClient,
    read_order=lambda raw, options: read_kept(raw),
    order_in=order_in,
    endpoints={"fulfillable": FULFILLABLE, "cancelled": CANCELLATION},
    options=OPTIONS,
    by_hand=BY_HAND,
    carriers=CARRIERS,
    carriers_option="carrier_map",
    renew=renew,
    tracking_words={TrackingStatus.DELIVERED: DELIVERED},
)
