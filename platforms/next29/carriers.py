"""The carriers 29 Next knows; a table, because they change over time in both directions.

Contract next29, section 10: the 23 of the published document and the 18 added later.
"""

from collections.abc import Mapping

from platforms.records import OTHER_CARRIER

CARRIERS: Mapping[str, str] = {
    "4px": "4PX",
    "amazon": "Amazon Shipping",
    "aramex": "Aramex",
    "asendia": "Asendia",
    "australia_post": "Australia Post",
    "china_post": "China Post",
    "cirro": "CIRRO",
    "deutsche_de": "Deutsche Post",
    "dhl": "DHL Express",
    "dhl_ecommerce": "DHL eCommerce",
    "dor": "DOR",
    "dpd": "DPD",
    "emile_express": "Emile Express",
    "fedex": "FedEx",
    "firstmile": "FirstMile",
    "gls": "GLS",
    "gofo_express": "GOFO Express",
    "hermesworld_uk": "Hermes World UK",
    "hua_han": "Hua Han",
    "jt_express": "J&T Express",
    "jy_express": "JY Express",
    "myhermes": "myHermes (Evri)",
    "ontrac": "OnTrac",
    OTHER_CARRIER: "Other carrier",
    "postnl": "PostNL",
    "royal_mail": "Royal Mail",
    "sfyd_express": "SFYD Express",
    "shipx": "ShipX",
    "speedx": "SpeedX",
    "speedy": "Speedy",
    "sunyou": "SunYou",
    "swiftx": "SwiftX",
    "swiss_post": "Swiss Post",
    "ts_express": "TS Express",
    "ulala": "Ulala",
    "united_delivery_service": "United Delivery Service",
    "uniuni": "UniUni",
    "ups": "UPS",
    "usps": "USPS",
    "ysd_post": "YSD Post",
    "yunexpress": "YunExpress",
}
