"""29 Next (now Next Commerce): rings a doorbell, shows its assigned list, takes our answers."""

from platforms.interface import Capabilities, CredentialField, Platform
from platforms.next29.api import LABEL
from platforms.next29.carriers import CARRIERS
from platforms.next29.client import REJECT_REASONS, TOKEN, Next29Client, order_in
from platforms.next29.install import INSTALL
from platforms.next29.tracking import EVENT_WORDS
from platforms.next29.webhook import APP_EVENTS, CALLBACK, EVENTS, WEBHOOK, base_url
from platforms.next29.wire import read_fulfillment_order

NEXT29 = Platform(
    key="next29",
    label=LABEL,
    credentials=(
        CredentialField(
            TOKEN,
            "Access token",
            "In the store: Settings > API Access. Scopes: fulfillment_service:read, "
            "fulfillment_service:write, webhooks:read, webhooks:write. For stock as well: "
            "catalogue:read, catalogue:write.",
        ),
    ),
    capabilities=Capabilities(
        reads_orders_back=True,
        lists_work=True,
        lists_locations=True,
        answers_requests=True,
        answers_cancellations=True,
        registers_locations=True,
        ships_partially=True,
        several_parcels=True,
        customer_notice=True,
        holds=True,
        closes_short=True,
        moves=True,
        splits=True,
        shows_orders=True,
        lists_shipping_methods=True,
        shows_deliveries=True,
        takes_delivery_events=True,
        keeps_stock=True,
        # Not documented (U). The contract infers it from `num_allocated` and `net_stock_level` of
        # a stock record: contract next29, section 13.
        reserves_stock=True,
    ),
    # Contract next29, section 5: counted per access token.
    requests_per_second=4.0,
    base_url=base_url,
    connect=Next29Client,
    read_order=lambda raw, options: read_fulfillment_order(raw),
    order_in=order_in,
    endpoints={"callback": CALLBACK, "webhook": WEBHOOK},
    carriers=CARRIERS,
    reject_reasons=REJECT_REASONS,
    events=EVENTS,
    app_events=APP_EVENTS,
    install=INSTALL,
    tracking_words=EVENT_WORDS,
)
