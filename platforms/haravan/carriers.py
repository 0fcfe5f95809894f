"""The carriers that we offer for a Haravan store; it takes any text as the name of one.

Contract haravan, section 6: the names are ours, and what a store calls them is its own setting.
"""

from collections.abc import Mapping

from platforms.records import OTHER_CARRIER

CARRIERS: Mapping[str, str] = {
    "ahamove": "Ahamove",
    "best_express": "BEST Express",
    "dhl": "DHL Express",
    "dhl_ecommerce": "DHL eCommerce",
    "ems": "EMS Việt Nam",
    "fedex": "FedEx",
    "ghn": "Giao Hàng Nhanh",
    "ghtk": "Giao Hàng Tiết Kiệm",
    "grab_express": "GrabExpress",
    "jt_express": "J&T Express",
    "kerry_express": "Kerry Express",
    "lalamove": "Lalamove",
    "nhat_tin": "Nhất Tín Logistics",
    "ninja_van": "Ninja Van",
    OTHER_CARRIER: "Other carrier",
    "spx": "Shopee Xpress",
    "ups": "UPS",
    "viettel_post": "Viettel Post",
    "vnpost": "VNPost",
}


def named(code: str, own: str) -> str:
    """Return the name of a carrier; `own` is the store's list, one `code = name` a line."""
    pairs = (line.partition("=") for line in own.splitlines() if line.strip())
    names = {key.strip(): name.strip() or key.strip() for key, _, name in pairs}
    if code in names:
        return names[code]
    return "" if code == OTHER_CARRIER else CARRIERS.get(code, code)
