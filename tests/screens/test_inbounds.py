"""Inbounds on the screen: announced by hand or pasted, received by number or scan, closed."""

import pytest
from django.test import Client

from inventory.models import Inbound, InboundState, Receipt, StockLevel
from locations.models import Merchant
from tests.factories import ProductFactory
from tests.inventory import rows as goods
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, said, send, text

ADD = "/admin/inventory/inbound/add/"
CODE = "/admin/inventory/inbound/code/"


def filled(house: House, **wishes: object) -> dict[str, object]:
    return {
        "merchant": house.store.merchant_id,
        "warehouse": house.reno.warehouse_id,
        "reference": "PO-1187",
        "lines": "TENT-2P-GRN 12",
        **wishes,
    }


def figures(shown: object, **units: int) -> dict[str, object]:
    """The fields of the page that receives, by SKU; `damaged_` before one is of the damaged."""
    form = shown.context["form"]  # type: ignore[attr-defined]
    sent: dict[str, object] = {"submission": form["submission"].value()}
    pks = {row.product.sku: row.product.pk for row in form.rows()}
    for name, count in units.items():
        kind, sku = ("damaged", name[8:]) if name.startswith("damaged_") else ("units", name)
        sent[f"{kind}{pks[sku]}"] = count
    return sent


def test_an_inbound_is_announced_with_pasted_lines(supervisor: Client, house: House) -> None:
    goods.product(house.store.merchant, "MUG", "4006381333931")
    answer = supervisor.post(ADD, filled(house, lines="TENT-2P-GRN\t12\n4006381333931 48"))
    assert said(answer) == "PO-1187 is announced."
    inbound = Inbound.objects.get()
    assert answer["Location"] == address(Inbound, "change", inbound.pk)
    assert inbound.made_by == house.people["supervisor"]
    assert inbound.units() == (60, 0)
    shown = text(supervisor.get(answer["Location"]))
    assert "Goods: 0 of 60 units came" in shown
    assert "48 expected, 48 still to come" in shown


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"lines": "SOFA 1"}, "“SOFA” is no SKU or barcode of"),
        ({"lines": ""}, "This field is required."),
        ({"reference": ""}, "This field is required."),
        ({"reference": "PO-0"}, "This merchant has an inbound with this reference already."),
        ({"lines": "<b>x</b> 1"}, "“<b>x</b>” is no SKU"),
    ],
)
def test_what_cannot_be_announced_is_said_in_words(
    supervisor: Client, house: House, wishes: dict[str, object], words: str
) -> None:
    Inbound.objects.create(
        merchant=house.store.merchant, warehouse=house.reno.warehouse, reference="PO-0"
    )
    answer = supervisor.post(ADD, filled(house, **wishes))
    assert answer.status_code == 200
    assert words in answer.content.decode().replace("&lt;", "<").replace("&gt;", ">")
    assert b"<b>x</b>" not in answer.content
    assert Inbound.objects.count() == 1


def test_nobody_announces_goods_for_a_warehouse_or_merchant_that_is_not_theirs(
    supervisor: Client, house: House
) -> None:
    stranger = Merchant.objects.create(name="Stranger")
    shown = supervisor.get(ADD).content.decode()
    assert "Stranger" not in shown
    assert "Erie" not in shown
    for wish in ({"warehouse": house.erie.warehouse_id}, {"merchant": stranger.pk}):
        assert "Select a valid choice" in text(supervisor.post(ADD, filled(house, **wish)))
    assert not Inbound.objects.exists()


def test_it_is_changed_until_something_came(supervisor: Client, house: House) -> None:
    inbound = goods.inbound(house.reno, TENT=3)
    edit = f"/admin/inventory/inbound/{inbound.pk}/edit/"
    assert "TENT 3" in supervisor.get(edit).content.decode()
    supervisor.post(edit, filled(house, lines="TENT 4"))
    assert inbound.units() == (4, 0)
    goods.received(inbound, 1)
    answer = supervisor.post(edit, filled(house, lines="TENT 5"))
    assert said(answer).startswith("Something of it has come")
    assert inbound.units() == (4, 1)


def test_a_shipper_receives_and_does_not_announce(shipper: Client, house: House) -> None:
    inbound = goods.inbound(house.reno, TENT=3)
    assert shipper.get(f"/admin/inventory/inbound/{inbound.pk}/edit/").status_code == 403
    shown = shipper.get(address(Inbound, "change", inbound.pk)).content.decode()
    assert 'data-action="receive_goods"' in shown
    assert "/edit/" not in shown


def test_what_came_is_on_hand_and_what_is_missing_is_said(shipper: Client, house: House) -> None:
    inbound = goods.inbound(house.reno, TENT=3, MUG=2)
    shown = page(shipper, "receive_goods", [inbound])
    assert "3 expected, 3 still to come" in text(shown)
    answer = send(shipper, shown, **figures(shown, TENT=2, MUG=3, damaged_MUG=1))
    assert said(answer) == "Received: 1."
    level = StockLevel.objects.get(product__sku="MUG")
    assert (level.on_hand, level.damaged) == (3, 1)
    told = text(shipper.get(address(Inbound, "change", inbound.pk)))
    assert "3 expected, 2 came, 1 still to come" in told
    assert "2 expected, 3 came: 1 more than expected" in told
    assert "Missing: 1 of TENT." in text(page(shipper, "close_inbound", [inbound]))
    assert act(shipper, "close_inbound", inbound) == "Closed: 1."
    assert act(shipper, "reopen_inbound", inbound) == "Open again: 1."
    inbound.refresh_from_db()
    assert inbound.state == InboundState.PARTLY


def test_the_page_sent_twice_is_one_receipt(shipper: Client, house: House) -> None:
    inbound = goods.inbound(house.reno, TENT=3)
    shown = page(shipper, "receive_goods", [inbound])
    for _ in range(2):
        send(shipper, shown, **figures(shown, TENT=2))
    assert Receipt.objects.count() == 1
    assert StockLevel.objects.get(product__sku="TENT").on_hand == 2


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ({}, "Say how many units came; at least one."),
        ({"TENT": 1, "damaged_TENT": 2}, "2 of the 1 that came?"),
        ({"TENT": 4006381333931}, "Was a barcode scanned into it?"),
        ({"TENT": -1}, "greater than or equal to 0"),
        ({"TENT": "abc"}, "Was a barcode scanned into it?"),
    ],
)
def test_odd_figures_come_back_with_words(
    shipper: Client, house: House, units: dict[str, int], words: str
) -> None:
    inbound = goods.inbound(house.reno, TENT=3)
    shown = page(shipper, "receive_goods", [inbound])
    answer = send(shipper, shown, **figures(shown, **units))
    assert answer.status_code == 200
    assert words in text(answer)
    assert not Receipt.objects.exists()


def test_a_product_that_nobody_announced_is_received_too(shipper: Client, house: House) -> None:
    inbound = goods.inbound(house.reno, TENT=3)
    mug, theirs = goods.product(house.store.merchant, "MUG"), ProductFactory()
    shown = page(shipper, "receive_goods", [inbound])
    extra = {f"units{mug.pk}": 2, f"units{theirs.pk}": 5}
    assert said(send(shipper, shown, **figures(shown), **extra)) == "Received: 1."
    assert inbound.lines.get(product=mug).received == 2
    assert not StockLevel.objects.filter(product=theirs).exists()


def test_a_scan_is_answered_with_the_product_or_in_words(
    shipper: Client, picker: Client, house: House
) -> None:
    merchant = house.store.merchant
    mug = goods.product(merchant, "MUG", "4006381333931")
    for code in ("MUG", "mug", " 4006381333931 "):
        found = shipper.get(CODE, {"merchant": merchant.pk, "code": code}).json()
        assert found["product"] == mug.pk
        assert found["codes"] == ["MUG", "4006381333931"]
    for code in ("SOFA", "\0", ""):
        found = shipper.get(CODE, {"merchant": merchant.pk, "code": code}).json()
        assert "is no SKU or barcode of" in found["words"]
    for odd in ("", "²", "9" * 30, "x"):
        found = shipper.get(CODE, {"merchant": odd, "code": "MUG"}).json()
        assert found == {"words": "Choose the merchant first."}
    assert picker.get(CODE, {"merchant": merchant.pk, "code": "MUG"}).status_code == 403


def test_a_scan_tells_nothing_of_a_merchant_that_is_not_theirs(
    shipper: Client, house: House
) -> None:
    theirs = ProductFactory(sku="SECRET")
    found = shipper.get(CODE, {"merchant": theirs.merchant_id, "code": "SECRET"}).json()
    assert found == {"words": "Choose the merchant first."}


def test_the_list_is_found_by_reference_and_by_sku(
    supervisor: Client, manager: Client, house: House
) -> None:
    mine, theirs = goods.inbound(house.reno, TENT=3), goods.inbound(house.erie, MUG=1)

    def listed(client: Client, **query: object) -> list[int]:
        answer = client.get(address(Inbound, "changelist"), query)
        return [row.pk for row in answer.context["cl"].result_list]

    assert listed(supervisor) == [mine.pk]
    assert listed(manager) == [theirs.pk, mine.pk]
    assert listed(supervisor, q="tent") == listed(supervisor, q=mine.reference) == [mine.pk]
    assert listed(supervisor, q="MUG") == listed(supervisor, q=theirs.reference) == []
    assert listed(manager, warehouse=house.erie.warehouse_id) == [theirs.pk]
    assert listed(manager, warehouse="²") == [theirs.pk, mine.pk]
    assert listed(supervisor, warehouse=house.erie.warehouse_id) == []


def test_an_inbound_of_another_warehouse_is_not_there(supervisor: Client, house: House) -> None:
    theirs = goods.inbound(house.erie, TENT=3)
    assert supervisor.get(address(Inbound, "change", theirs.pk)).status_code == 404
    assert supervisor.get(f"/admin/inventory/inbound/{theirs.pk}/edit/").status_code == 404
    for name in ("receive_goods", "close_inbound", "reopen_inbound"):
        assert page(supervisor, name, [theirs]).status_code == 302
        sent = {"confirmed": "1", "seen": f"{theirs.pk}:"}
        answer = supervisor.post(address(Inbound, "act", name), sent, follow=True)
        assert "it is not yours to work on" in text(answer)
    theirs.refresh_from_db()
    assert theirs.state == InboundState.EXPECTED


def test_a_long_inbound_is_shown_in_part_and_received_whole(shipper: Client, house: House) -> None:
    inbound = goods.inbound(house.reno, **{f"S{n}": 1 for n in range(450)})
    shown = page(shipper, "receive_goods", [inbound])
    assert "and 50 more lines" in text(shown)
    send(shipper, shown, **figures(shown, **{f"S{n}": 1 for n in range(400)}))
    shown = page(shipper, "receive_goods", [inbound])
    send(shipper, shown, **figures(shown, **{f"S{n}": 1 for n in range(400, 450)}))
    inbound.refresh_from_db()
    assert (inbound.state, inbound.units()) == (InboundState.CLOSED, (450, 450))
