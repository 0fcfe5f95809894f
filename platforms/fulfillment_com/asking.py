"""Writes what we ask Fulfillment.com to ship; pure. Contract fulfillment_com, section 7."""

from collections.abc import Mapping
from typing import Any

from platforms.errors import Refused
from platforms.fulfillment_com.answers import LABEL
from platforms.fulfillment_com.wire import ADDRESS_FIELDS
from platforms.partner_records import HandOver, PartnerLine
from platforms.records import Address
from platforms.values import read_id, read_text

# What may not be empty in a parcel's address, and how we call it.
_NEEDED = {"line1": "street", "city": "city", "country": "country"}


def write_order(order: HandOver, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an order; raises Refused, in words, for what cannot be asked."""
    if not order.reference.strip() or not order.lines:
        raise Refused(f"{LABEL} takes no order without a number and lines. Nothing was sent.")
    body: dict[str, Any] = {
        "merchantOrderId": order.reference,
        "shippingMethod": order.shipping_method,
        "recipient": write_recipient(order.address, order.email, options),
        "items": [_write_line(each) for each in order.lines],
    }
    merchant = read_id(read_text(options.get("merchant_id")))
    warehouse = read_id(read_text(options.get("warehouse_id")))
    integrator = read_text(options.get("integrator")).strip()
    if merchant:
        body["merchantId"] = int(merchant)
    if warehouse:
        body["warehouse"] = {"id": int(warehouse)}
    if integrator:
        body["integrator"] = integrator
    if order.notes:
        body["notes"] = order.notes
    return body


def write_recipient(address: Address, email: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Return the recipient; raises Refused where a parcel could not arrive.

    Telephone and e-mail are always required there, so the account's own stand in for what a
    shopper did not say. A region that a country does not have is sent empty.
    """
    missing = [word for name, word in _NEEDED.items() if not getattr(address, name).strip()]
    first, last = _names(address)
    if not first:
        missing.insert(0, "name")
    if missing:
        raise Refused(f"The address has no {', '.join(missing)}. Nothing was sent to {LABEL}.")
    written = {theirs: getattr(address, ours) for ours, theirs in ADDRESS_FIELDS.items()}
    written |= {
        "firstName": first,
        "lastName": last,
        "address2": ", ".join(filter(None, (address.line2, address.line3))),
        "phone": address.phone or read_text(options.get("phone")).strip(),
        "email": email or read_text(options.get("email")).strip(),
    }
    optional = ("companyName", "address2", "postalCode")
    return {name: text for name, text in written.items() if text or name not in optional}


def _names(address: Address) -> tuple[str, str]:
    """First and last name, both of which are required; a single name is parted if it can be."""
    first, last = address.first_name.strip(), address.last_name.strip()
    if first and last:
        return first, last
    whole = first or last or address.company.strip()
    head, _, tail = whole.rpartition(" ")
    return (head, tail) if head else (whole, whole)


def _write_line(line: PartnerLine) -> dict[str, Any]:
    if not line.sku or line.quantity < 1:
        raise Refused(f"{LABEL} takes only lines with a SKU and units. Nothing was sent.")
    if not line.value.is_finite() or line.value < 0:
        raise Refused(f"The value of {line.sku} is no amount of money. Nothing was sent.")
    # For one unit: the platform multiplies. Without a sign, for zero may have one.
    value = f"{abs(line.value):.2f}"
    return {"sku": line.sku, "quantity": line.quantity, "declaredValue": value}
