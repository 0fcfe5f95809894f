"""The table of statuses. Two codes are there twice, so a code alone is no key."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """One row: what the digits say, in words."""

    code: str
    state: str
    stage: str
    detail: str = ""
    variant: int = 1


PROCESSING, WORKING = "Processing Order", "Fulfillment In Progress"
STATUSES = (
    Status("010101", PROCESSING, "Received", "Customer Order"),
    Status("010102", PROCESSING, "Received", "Received"),
    Status("010201", PROCESSING, "Approved"),
    Status("010301", PROCESSING, "Hold", "Merchant Stock"),
    Status("010302", PROCESSING, "Hold", "Merchant Funds"),
    Status("010303", PROCESSING, "Hold", "For Merchant"),
    Status("010304", PROCESSING, "Hold", "Oversized Shipment"),
    Status("010305", PROCESSING, "Hold", "Invalid Parent Order"),
    Status("010306", PROCESSING, "Hold", "Invalid Address"),
    Status("010307", PROCESSING, "Hold", "By Admin"),
    Status("010401", PROCESSING, "Address Problem", "Incomplete Address"),
    Status("010402", PROCESSING, "Address Problem", "Invalid Locality"),
    Status("010403", PROCESSING, "Address Problem", "Invalid Region"),
    Status("010404", PROCESSING, "Address Problem", "Address Not Found"),
    Status("010405", PROCESSING, "Address Problem", "Many Addresses Found"),
    Status("010406", PROCESSING, "Address Problem", "Invalid Postal Code"),
    Status("010407", PROCESSING, "Address Problem", "Country Not Mapped"),
    Status("010408", PROCESSING, "Address Problem", "Invalid Recipient Name"),
    Status("010409", PROCESSING, "Address Problem", "Bad UK Address"),
    Status("010410", PROCESSING, "Address Problem", "Invalid Address Line 1 or 2"),
    Status("010501", PROCESSING, "Sku Problem", "Invalid SKU"),
    Status("010501", PROCESSING, "Sku Problem", "Child Order has Invalid SKUs", 2),
    Status("010601", PROCESSING, "Facility Problem", "Facility Not Mapped"),
    Status("010701", PROCESSING, "Ship Method Problem", "Unmapped Ship Method"),
    Status("010702", PROCESSING, "Ship Method Problem", "Unmapped Ship Cost"),
    Status("010703", PROCESSING, "Ship Method Problem", "Missing Ship Method"),
    Status("010704", PROCESSING, "Ship Method Problem", "Invalid Ship Method"),
    Status(
        "010705", PROCESSING, "Ship Method Problem", "Order Weight Outside of Ship Method Weight"
    ),
    Status("010801", PROCESSING, "Inventory Problem", "Insufficient Inventory In Facility"),
    Status(
        "010802", PROCESSING, "Inventory Problem", "Issue Encountered During Inventory Adjustment"
    ),
    Status("010901", PROCESSING, "Released To WMS", "Released"),
    Status("020101", WORKING, "Postage Problem", "Address Issue"),
    Status("020102", WORKING, "Postage Problem", "Postage OK, OMS Issue Occurred"),
    Status("020103", WORKING, "Postage Problem", "Postage Void Failed"),
    Status("020201", WORKING, "Postage Acquired"),
    Status("020301", WORKING, "Postage Voided", "Postage Void Failed Gracefully"),
    Status("020301", WORKING, "Hold", "Departure Hold Requested", 2),
    Status("020401", WORKING, "4PL Processing"),
    Status("020501", WORKING, "4PL Problem", "Order is Proccessable, Postage Issue Occurred"),
    Status("020601", WORKING, "Label Printed"),
    Status("020701", WORKING, "Shipment Cubed"),
    Status("020801", WORKING, "Picking Inventory"),
    Status("020901", WORKING, "Label Print Verified"),
    Status("021001", WORKING, "Passed Final Inspection"),
    Status("030101", "Shipped", "Fulfilled By 4PL"),
    Status(
        "030102",
        "Shipped",
        "Fulfilled By 4PL",
        "Successfully Fulfilled, OMS Encountered Issue During Processing",
    ),
    Status("030201", "Shipped", "Fulfilled By FDC"),
    Status("040101", "Returned", "Returned"),
    Status("050101", "Cancelled", "Cancelled"),
    Status("060101", "Test", "Test", "Test"),
)
# Whom a hold waits for; an address waits for the merchant too.
MERCHANT_ACTS = ("010301", "010302", "010303", "010305", "010306", "0104", "0105")
CLOSED = ("04", "05", "06")


def find(code: str, variant: int = 1) -> Status:
    """The row of that code; a code that nobody has published gets words of its own."""
    for each in STATUSES:
        if (each.code, each.variant) == (code, variant):
            return each
    states = {each.code[:2]: each.state for each in STATUSES}
    return Status(code, states.get(code[:2], "Something New"), "Not In The Table", "Not Published")
