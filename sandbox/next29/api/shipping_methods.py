"""Shipping methods: fixed, readable with any token."""

from dataclasses import dataclass

from sandbox.next29 import errors
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.state import Json


@dataclass(frozen=True)
class ShippingMethod:
    id: int
    code: str
    name: str
    delivery_time: str
    price: str


METHODS = (
    ShippingMethod(1, "standard", "Standard Shipping", "3-5 days", "6.95"),
    ShippingMethod(2, "intl-econ", "International Economy", "10-20 days", "19.00"),
    ShippingMethod(3, "express", "Express Shipping", "1-2 days", "14.50"),
)


def index(visit: Visit) -> Answer:
    return visit.page(list(METHODS), _wire)


def retrieve(visit: Visit, id: int) -> Answer:
    found = next((method for method in METHODS if method.id == id), None)
    if found is None:
        raise errors.not_found()
    return Answer(_wire(found))


def _wire(method: ShippingMethod) -> Json:
    return {
        "id": method.id,
        "code": method.code,
        "name": method.name,
        "description": "",
        "delivery_time": method.delivery_time,
        "is_public": True,
        "countries": [],
        "prices": [{"currency": "USD", "price_per_order": method.price}],
    }
