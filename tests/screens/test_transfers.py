"""Transfers on the screen: written, sent here, taken in there; what is missing is said."""

import pytest
from django.test import Client

from inventory.models import Transfer, TransferState
from tests.factories import WarehouseFactory, member
from tests.inventory import rows as goods
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, said, send, text

ADD = "/admin/inventory/transfer/add/"


@pytest.fixture
def eve(house: House) -> Client:
    """A supervisor who works in Erie only."""
    client = Client()
    client.force_login(member("supervisor", house.erie.warehouse, username="eve"))
    return client


def draft(house: House, units: int = 4) -> Transfer:
    tent = goods.product(house.store.merchant, "TENT")
    goods.stock(house.reno.warehouse, tent, 10)
    return goods.transfer(house.reno.warehouse, house.erie.warehouse, (tent, units))


def filled(house: House, **wishes: object) -> dict[str, object]:
    return {
        "submission": "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        "merchant": house.store.merchant_id,
        "source": house.reno.warehouse_id,
        "target": house.erie.warehouse_id,
        "lines": "TENT-2P-GRN 3",
        **wishes,
    }


def test_it_is_written_once_however_often_the_form_is_sent(
    supervisor: Client, house: House
) -> None:
    for _ in range(2):
        answer = supervisor.post(ADD, filled(house))
    transfer = Transfer.objects.get()
    assert "is written. Send it when it leaves." in said(answer)
    assert [(line.product.sku, line.quantity) for line in transfer.lines.all()] == [
        ("TENT-2P-GRN", 3)
    ]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"source": "erie"}, "Select a valid choice"),
        ({"target": "reno"}, "Choose two different warehouses."),
        ({"lines": "SOFA 1"}, "“SOFA” is no SKU or barcode of"),
        ({"lines": "TENT-2P-GRN 0"}, "is no number of units"),
    ],
)
def test_what_cannot_go_is_said(
    supervisor: Client, house: House, wishes: dict[str, str], words: str
) -> None:
    meant = {"erie": house.erie.warehouse_id, "reno": house.reno.warehouse_id}
    sent = filled(house, **{name: meant.get(value, value) for name, value in wishes.items()})
    assert words in text(supervisor.post(ADD, sent))
    assert not Transfer.objects.exists()


def test_it_is_sent_where_it_lies_and_taken_in_where_it_goes(
    shipper: Client, eve: Client, house: House
) -> None:
    transfer = draft(house)
    assert "Only who works in Reno does that." in text(page(eve, "send_transfer", [transfer]))
    assert act(shipper, "send_transfer", transfer) == "On their way: 1."
    shown = text(eve.get(address(Transfer, "change", transfer.pk)))
    assert "4 units are on the way" in shown
    assert "Only who works in Erie does that." in text(
        page(shipper, "receive_transfer", [transfer])
    )
    sheet = page(eve, "receive_transfer", [transfer])
    [line] = transfer.lines.all()
    came = {f"units{line.product_id}": 3}
    answer = send(eve, sheet, **came)
    assert "Missing: 1 of TENT. Count again, or tick this box." in text(answer)
    assert said(send(eve, sheet, **came, missing="on")) == "Arrived: 1."
    assert "1 did not arrive" in text(eve.get(address(Transfer, "change", transfer.pk)))
    tent = line.product
    assert goods.on_hand(house.reno.warehouse, tent) == 6
    assert goods.on_hand(house.erie.warehouse, tent) == 3
    assert "Nothing was done." in said(send(eve, sheet, **came, missing="on"))


def test_no_more_arrives_than_was_sent(eve: Client, house: House) -> None:
    transfer = goods.sent(draft(house))
    [line] = transfer.lines.all()
    sheet = page(eve, "receive_transfer", [transfer])
    answer = send(eve, sheet, **{f"units{line.product_id}": 5})
    assert "Only 4 were sent." in text(answer)


def test_more_than_lies_there_is_not_sent(shipper: Client, house: House) -> None:
    transfer = draft(house, 11)
    words = act(shipper, "send_transfer", transfer)
    assert "Only 10 of TENT can leave Reno" in words


def test_who_works_at_neither_end_sees_nothing(house: House, shipper: Client) -> None:
    transfer = draft(house)
    Transfer.objects.filter(pk=transfer.pk).update(source=WarehouseFactory())
    assert shipper.get(address(Transfer, "change", transfer.pk)).status_code == 404
    assert page(shipper, "send_transfer", [transfer]).status_code == 302
    answer = shipper.get(address(Transfer, "changelist"))
    assert list(answer.context["cl"].result_list) == []


def test_it_is_changed_by_who_works_where_it_lies_until_it_was_sent(
    supervisor: Client, eve: Client, shipper: Client, house: House
) -> None:
    transfer = draft(house)
    goods.product(house.store.merchant, "TENT-2P-GRN")
    edit = f"/admin/inventory/transfer/{transfer.pk}/edit/"
    assert eve.get(edit).status_code == shipper.get(edit).status_code == 403
    assert "TENT 4" in supervisor.get(edit).content.decode()
    supervisor.post(edit, filled(house, lines="TENT 5"))
    assert transfer.lines.get().quantity == 5
    goods.sent(transfer)
    assert "stays as it is" in said(supervisor.post(edit, filled(house, lines="TENT 6")))
    assert transfer.lines.get().quantity == 5


def test_the_list_says_what_is_on_the_way(supervisor: Client, house: House) -> None:
    waiting, away = draft(house), goods.sent(draft(house, 3))
    shown = supervisor.get(address(Transfer, "changelist"))
    screen = shown.context["cl"].model_admin
    found = {row.pk: screen.units_on_the_way(row) for row in shown.context["cl"].result_list}
    assert found == {waiting.pk: 0, away.pk: 3}
    assert act(supervisor, "cancel_transfer", waiting) == "Given up: 1."
    waiting.refresh_from_db()
    assert waiting.state == TransferState.CANCELLED
