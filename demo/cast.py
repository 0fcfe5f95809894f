"""Who takes part: the stores of the sandbox, their merchants and goods, and where these lie."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time


@dataclass(frozen=True, slots=True)
class Building:
    """A warehouse of ours."""

    name: str
    address: Mapping[str, str]
    time_zone: str
    cutoff: time = time(16)


@dataclass(frozen=True, slots=True)
class Part:
    """A store, and the merchant whose it is; `goods` are titles by SKU.

    A store of the sandbox is known by its account; one that calls our API has none.
    """

    platform: str
    account: str
    merchant: str
    building: Building
    goods: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in. Without a group: may do everything."""

    username: str
    password: str
    first_name: str
    group: str = ""


RENO = Building(
    "Reno",
    {
        "line1": "4500 Logistics Way",
        "line2": "Building C",
        "city": "Reno",
        "region": "NV",
        "postcode": "89506",
        "country": "US",
    },
    "America/Los_Angeles",
)
TAN_DINH = Building(
    "Tân Định",
    {
        "line1": "5 Đường Lò Gốm",
        "city": "Quận 1",
        "region": "Hồ Chí Minh",
        "postcode": "700000",
        "country": "VN",
    },
    "Asia/Ho_Chi_Minh",
)
DULLES_EAST = Building(
    "Dulles East",
    {
        "line1": "22900 Shaw Road",
        "city": "Sterling",
        "region": "VA",
        "postcode": "20166",
        "country": "US",
    },
    "America/New_York",
)
SAVANNAH = Building(
    "Savannah",
    {
        "line1": "18 Bonded Lane",
        "city": "Savannah",
        "region": "GA",
        "postcode": "31401",
        "country": "US",
    },
    "America/New_York",
)
BUILDINGS = (RENO, TAN_DINH, DULLES_EAST, SAVANNAH)

ACME_OUTDOORS = Part(
    "next29",
    "acme-outdoors",
    "Acme Outdoors",
    RENO,
    {
        "TENT-2P-GRN": "Ridge Tent 2P Green",
        "STAKE-8PK": "Tent Stakes 8 Pack",
        "BAG-20F-L": "Sleeping Bag 20F Long",
    },
)
HARBOR_GOODS = Part(
    "spresso",
    "harbor-goods",
    "Harbor Goods",
    RENO,
    {"HBR-TEE-NVY-M": "Harbor Tee, Navy, M", "KTL-1L-STL": "Kettle 1 L “Classic”"},
)
GOM_MAY = Part(
    "haravan",
    "gom-may",
    "Gốm Mây",
    TAN_DINH,
    {"GM-BOWL-15": "Tô gốm men ngọc 15 cm", "GM-CUP-08": "Ly gốm men ngọc 8 cm"},
)
ACME_GOODS = Part(
    "spree_hub",
    "acme-goods",
    "Acme Goods",
    DULLES_EAST,
    {"TOTE-NAT-01": "Canvas Market Tote", "MUG-BLU-35": "Enamel Mug 350 ml"},
)
NORTHWIND = Part(
    "own_api",
    "",
    "Northwind Goods",
    RENO,
    {"NW-MUG-BLUE": "Blue mug", "NW-TEA-SET": "Tea set"},
)
NORTHWIND_AT_THE_PARTNER = replace(NORTHWIND, building=SAVANNAH)
PARTS = (
    ACME_OUTDOORS,
    HARBOR_GOODS,
    GOM_MAY,
    ACME_GOODS,
    NORTHWIND,
    NORTHWIND_AT_THE_PARTNER,
)

DECIDER = "sue"
PICKER = "pia"
SHIPPER = "sam"
PEOPLE = (
    Person("demo", "demo-operator", "Demo"),
    Person(DECIDER, "demo-supervisor", "Sue", "supervisor"),
    Person(SHIPPER, "demo-shipper", "Sam", "shipper"),
    Person(PICKER, "demo-picker", "Pia", "picker"),
)
