"""The platform's vocabulary: statuses, reasons, carriers, events and scopes."""

API_VERSION = "2024-04-01"

PENDING = "pending"
ENDED = frozenset({"not_required", "incomplete", "closed", "canceled"})

ASSIGNMENTS = {
    "fulfillment_unrequested": "pending",
    "fulfillment_requested": "requested",
    "fulfillment_accepted": "accepted",
    "cancellation_requested": "cancel_requested",
}

REJECTED_REASONS = (
    "incorrect_address",
    "inventory_out_of_stock",
    "ineligible_product",
    "undeliverable_address",
    "other",
    "",
)
HOLD_REASONS = ("address_incorrect", "out_of_stock", "high_risk", "awaiting_payment", "other")

_CARRIERS = """
    4px amazon asendia australia_post china_post deutsche_de dhl dhl_ecommerce fedex firstmile
    gofo_express hermesworld_uk myhermes ontrac other royal_mail speedx swiss_post ulala uniuni ups
    usps yunexpress aramex cirro dor dpd emile_express gls hua_han jt_express jy_express postnl
    sfyd_express shipx speedy sunyou swiftx ts_express united_delivery_service ysd_post
"""
CARRIERS = frozenset(_CARRIERS.split())
TRACKING_PAGES = {
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={code}",
    "ups": "https://www.ups.com/track?tracknum={code}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={code}",
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB={code}",
}

_AREAS = ("fulfillment_service", "catalogue", "webhooks", "orders", "fulfillment_orders")
SERVICE_SCOPES = frozenset(f"{area}:{verb}" for area in _AREAS for verb in ("read", "write"))
"""What a fulfillment service may be granted; the app review refuses `admin:*`."""

_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC
    EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK
    HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB
    LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
    NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU
    RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN
    TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())
