"""Shipments: one for each tracking number, and the mails that they cause (section 7)."""

from typing import Any

import pytest

from tests.sandbox.spresso.stage import TEE, Console


def tell(console: Console, order: dict[str, Any], **changes: Any) -> int:
    part = order["fulfillments"][0]["id"]
    return console.put(f"{part}/shipments", console.parcel(order, **changes)).status_code


def units(order: dict[str, Any], *counts: int) -> list[dict[str, Any]]:
    parts = order["fulfillments"][0]["fulfillmentVariants"]
    return [{**part, "quantity": n} for part, n in zip(parts, counts, strict=False) if n]


def parcels(console: Console, order: dict[str, Any]) -> dict[str, Any]:
    part = console.control("GET", f"orders/{order['id']}")["fulfillments"][0]
    return {each["trackingNumber"]: each for each in part.get("shipments", [])}


def settle(console: Console, order: dict[str, Any]) -> None:
    assert console.put(order["fulfillments"][0]["id"], console.count(order)).status_code == 200


def test_another_number_adds_and_the_same_one_updates(console: Console) -> None:
    order = console.place()
    tell(console, order, status="created", shipmentVariants=units(order, 1))
    tell(
        console, order, status="shipped", shipmentVariants=units(order, 1), trackingUrl="https://a"
    )
    tell(console, order, trackingNumber="1Z2", shipmentVariants=units(order, 1, 1))
    found = parcels(console, order)
    assert set(found) == {"1Z1", "1Z2"}
    assert (found["1Z1"]["status"], found["1Z1"]["trackingUrl"]) == ("shipped", "https://a")
    assert console.mails() == ["shipped", "shipped"]
    assert console.violations() == []


def test_a_parcels_whole_way(console: Console) -> None:
    order = console.place()
    for status in ("created", "shipped"):
        assert tell(console, order, status=status) == 200
    settle(console, order)
    assert tell(console, order, status="delivered") == 200
    console.put(order["fulfillments"][0]["id"], {"status": "delivered"})
    assert console.mails() == ["shipped", "delivered"]
    assert console.violations() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "delivered"),
        ("created", "delivered"),
        ("shipped", "created"),
        ("delivered", "shipped"),
        ("delivered", "created"),
    ],
)
def test_a_parcel_does_not_jump_or_go_back(
    console: Console, before: str | None, after: str
) -> None:
    order = console.place()
    if before:
        tell(console, order, status="created" if before == "created" else "shipped")
    if before == "delivered":
        settle(console, order)
        tell(console, order, status="delivered")
    assert tell(console, order, status=after) == 409
    assert console.violations()[-1] == f"a shipment cannot be {after} after {before}"


def test_a_mail_is_sent_again_by_a_repeat_which_is_a_violation(console: Console) -> None:
    order = console.place()
    tell(console, order)
    tell(console, order)
    assert console.mails() == ["shipped", "shipped"]
    assert console.violations() == ["1Z1 shipped is told again after it was confirmed"]


@pytest.mark.parametrize("kind", ["drop_after", "error_500_after"])
def test_a_repeat_of_what_was_not_confirmed_is_none(console: Console, kind: str) -> None:
    order = console.place()
    console.fault(kind, "upsertShipment", times=1)
    try:
        assert tell(console, order) == 500
    except OSError:
        assert kind == "drop_after"
    assert tell(console, order) == 200
    assert console.violations() == []
    assert len(console.mails()) == 2
    assert len(parcels(console, order)) == 1


def test_without_a_status_the_mails_leave_by_themselves(console: Console) -> None:
    order = console.place()
    part = order["fulfillments"][0]["id"]
    body = {k: v for k, v in console.parcel(order).items() if k != "status"}
    for _ in range(2):
        assert console.put(f"{part}/shipments", body).status_code == 200
    assert console.mails() == ["shipped"]
    settle(console, order)
    console.put(part, {"status": "delivered"})
    assert console.mails() == ["shipped", "delivered"]
    assert "without a status" in console.violations()[0]


def test_more_than_was_ordered_is_refused(console: Console) -> None:
    order = console.place((TEE, 2))
    assert tell(console, order, shipmentVariants=units(order, 2)) == 200
    assert tell(console, order, shipmentVariants=units(order, 2)) == 200
    assert tell(console, order, trackingNumber="1Z2", shipmentVariants=units(order, 1)) == 400
    assert "than was ordered" in console.violations()[-1]


def test_a_parcel_after_the_count_is_a_violation(console: Console) -> None:
    order = console.place((TEE, 2))
    tell(console, order, shipmentVariants=units(order, 1))
    console.put(order["fulfillments"][0]["id"], console.count(order, 1))
    tell(console, order, trackingNumber="1Z2", shipmentVariants=units(order, 1))
    assert console.violations() == ["a shipment changes after in_transit said what was shipped"]


def test_a_delivery_before_the_count_is_a_violation(console: Console) -> None:
    order = console.place()
    tell(console, order)
    assert tell(console, order, status="delivered") == 200
    assert console.violations() == ["a shipment is delivered before in_transit was told"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"carrier": None}, "carrier is required"),
        ({"carrierReferenceId": ""}, "carrierReferenceId is required"),
        ({"trackingNumber": 7}, "trackingNumber is required"),
        ({"shipmentVariants": []}, "is required"),
        ({"shipmentVariants": [{"variant": TEE, "quantity": 1}]}, "is a SKU"),
        ({"shipmentVariants": [{"variant": "x", "quantity": 1}]}, "is not in the fulfillment"),
        ({"shipmentVariants": [{"variant": "x", "quantity": 0}]}, "at least 1"),
        ({"status": "in_transit"}, "is not one of a shipment"),
        ({"trackingUrl": "www"}, "is an address"),
        ({"weight": 3}, "no field 'weight'"),
    ],
)
def test_a_body_that_the_contract_does_not_know_is_a_violation(
    console: Console, changes: dict[str, Any], why: str
) -> None:
    order = console.place()
    status = tell(console, order, **changes)
    assert status == (200 if "weight" in changes else 400)
    assert why in console.violations()[0]


@pytest.mark.parametrize("raw", [b"[]", b"[{}]", b"{", b"", b'"x"', b"\xff"])
def test_a_list_of_shipments_is_refused(console: Console, raw: bytes) -> None:
    part = console.place()["fulfillments"][0]["id"]
    answer = console.put(f"{part}/shipments", None, data=raw)
    assert answer.status_code == 400
    assert len(console.violations()) == 2  # and the type of the content


def test_carriers_are_a_closed_list_that_a_test_may_open(console: Console) -> None:
    order = console.place()
    assert tell(console, order, carrier="usps") == 400
    console.settings(carriers=["usps"])
    assert tell(console, order, carrier="usps") == 200
