"""Shipping by file in the admin: send, look, start, read the result, and repeat it unharmed."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from fulfillment import imports
from fulfillment.admin import imports as screen
from fulfillment.models import ImportState, Shipment, TrackingImport
from fulfillment.shipping_files.columns import NAMES
from inventory import tables
from tests.engine_fixtures import engine, no_clock
from tests.factories import LocationFactory, member
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import address, said, text
from tests.work import work

__all__ = ["engine", "no_clock"]

ADD = address(TrackingImport, "add")


def upload(client: Client, content: bytes, name: str = "evening.csv", **more: object) -> Any:
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), **more}, follow=True)


def start(client: Client, made: TrackingImport) -> Any:
    sent = {"confirmed": "1", "seen": f"{made.pk}:"}
    return client.post(address(TrackingImport, "act", "ship_file"), sent)


def page_of(client: Client, made: TrackingImport) -> str:
    return text(client.get(address(TrackingImport, "change", made.pk)))


def result(client: Client, made: TrackingImport) -> list[dict[str, str]]:
    answer = client.get(address(TrackingImport, "result", made.pk))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_file_is_looked_at_and_then_shipped(shipper: Client, house: House) -> None:
    rows.accepted(house.reno, number="1001")
    content = b"Order,Tracking,Carrier\n1001,1Z,UPS\n1002,1Y,UPS\n"

    shown = text(upload(shipper, content))

    assert "1001 · 1Z To be shipped Row 2: 1 × TENT-2P-GRN. By UPS." in shown
    assert "No order 1002 is known here" in shown
    assert "Ship: 1 order" in shown
    assert not Shipment.objects.exists()

    made = TrackingImport.objects.get()
    answer = start(shipper, made)
    assert said(answer) == "Files started: 1."
    assert answer["Location"] == address(TrackingImport, "change", made.pk)
    after = page_of(shipper, made)
    assert "Done" in after
    assert "Ship: 1 order" not in after
    assert [row["Result"] for row in result(shipper, made)] == ["Shipped", "Not possible"]
    assert str(Shipment.objects.get().shipped_by) == "shipper"


def test_started_twice_it_ships_once_and_says_who_was_first(
    shipper: Client, manager: Client, house: House
) -> None:
    rows.accepted(house.reno, number="1001")
    upload(shipper, b"Order,Tracking,Carrier\n1001,1Z,UPS\n")
    made = TrackingImport.objects.get()
    start(shipper, made)
    assert "Nothing was done." in said(start(manager, made))
    assert "shipper has started it at " in said(start(manager, made))
    assert Shipment.objects.count() == 1


def test_the_same_file_again_has_nothing_to_do(shipper: Client, house: House) -> None:
    rows.accepted(house.reno, number="1001")
    content = b"Order,Tracking,Carrier\n1001,1Z,UPS\n"
    upload(shipper, content)
    start(shipper, TrackingImport.objects.get())
    shown = text(upload(shipper, content, "again.csv"))
    assert "The same file was worked through before." in shown
    assert "It left with this tracking code at " in shown
    assert TrackingImport.objects.first().state == ImportState.IDLE  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", tables.EMPTY),
        (b"%PDF-1.7\x00", tables.NO_TABLE),
        (b"x" * (tables.MOST_BYTES + 1), tables.TOO_LARGE),
        (b"Order,Tracking\n", "There is no row below the names of the columns."),
        (tables.OLD_EXCEL_STARTS, tables.PROTECTED),
        (tables.XLSX_STARTS, tables.BROKEN),
    ],
    ids=["empty", "no table", "too large", "header only", "old or locked", "broken"],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field(
    shipper: Client, house: House, content: bytes, words: str
) -> None:
    assert words in text(upload(shipper, content))
    assert not TrackingImport.objects.exists()
    assert "This field is required." in text(shipper.post(ADD, {}))


def test_the_template_has_every_column_and_can_be_sent(shipper: Client, house: House) -> None:
    template = shipper.get(address(TrackingImport, "template")).content
    head = template.decode("utf-8-sig").strip()
    assert head.split(",") == [names[0] for names in NAMES.values()]
    assert "There is no row below the names" in text(upload(shipper, template))


def test_the_empty_list_says_what_it_is_for(shipper: Client, house: House) -> None:
    shown = text(shipper.get(address(TrackingImport, "changelist")))
    assert "No file yet. Send one that says which order left" in shown
    assert "Download a template" in shown


def test_what_the_result_says_is_harmless_and_may_be_sent_again(
    shipper: Client, house: House
) -> None:
    rows.accepted(house.reno, number="=1001")
    upload(shipper, b"Order,Tracking,Carrier\n=1001,-1Z,@UPS\n")
    made = TrackingImport.objects.get()
    [row] = result(shipper, made)
    assert (row["Order"], row["Tracking"], row["Carrier"]) == ("'=1001", "'-1Z", "'@UPS")
    again = shipper.get(address(TrackingImport, "result", made.pk)).content
    assert "Ship: 1 order" in text(upload(shipper, again))


def test_what_people_wrote_is_shown_as_text(shipper: Client, house: House) -> None:
    answer = upload(shipper, b"Order,Tracking\n<script>alert(1)</script>,1Z\n", "<b>.csv")
    assert b"<script>alert(1)" not in answer.content
    assert b"<b>.csv" not in answer.content


def test_a_file_belongs_to_who_sent_it_and_to_those_who_work_everywhere(
    shipper: Client, manager: Client, house: House
) -> None:
    upload(shipper, b"Order,Tracking\n1001,1Z\n")
    made = TrackingImport.objects.get()
    other = Client()
    other.force_login(member("shipper", house.reno.warehouse, username="lee"))
    for page in ("change", "result"):
        assert other.get(address(TrackingImport, page, made.pk)).status_code == 404
        assert manager.get(address(TrackingImport, page, made.pk)).status_code == 200
    assert "evening.csv" not in text(other.get(address(TrackingImport, "changelist")))
    assert "not yours to work on" in text(other.get(start(other, made)["Location"]))


def test_an_order_of_another_warehouse_looks_unknown(shipper: Client, house: House) -> None:
    rows.accepted(house.erie, number="1001")
    shown = text(upload(shipper, b"Order,Tracking,Carrier\n1001,1Z,UPS\n"))
    assert "No order 1001 is known here, or it is not yours to work on." in shown


def test_who_works_everywhere_ships_no_more_of_it_than_its_sender_was_shown(
    shipper: Client, manager: Client, house: House
) -> None:
    rows.accepted(house.erie, number="1001")
    mine = rows.accepted(house.reno, number="1002")
    upload(shipper, b"Order,Tracking,Carrier\n1001,1Z,UPS\n1002,1Y,UPS\n")
    start(manager, TrackingImport.objects.get())
    assert Shipment.objects.get().fulfillment_order == mine


def test_only_stores_that_ones_warehouses_serve_are_offered(shipper: Client, house: House) -> None:
    LocationFactory(store__name="Brown Bikes")
    shown = text(shipper.get(ADD))
    assert "Acme Outdoors" in shown
    assert "Brown Bikes" not in shown


def test_a_long_file_is_left_to_the_worker_and_the_page_says_how_far_it_is(
    engine: None, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "ORDERS_AT_ONCE", 2)
    shipper = house.client("shipper")
    for number in range(3):
        rows.accepted(house.reno, number=str(number))
    content = b"Order,Tracking,Carrier\n" + b"".join(b"%d,T%d,UPS\n" % (n, n) for n in range(3))
    upload(shipper, content)
    made = TrackingImport.objects.get()
    start(shipper, made)

    shown = shipper.get(address(TrackingImport, "change", made.pk))
    assert "0 of 3 rows are worked through. This page follows by itself" in text(shown)
    assert b'http-equiv="refresh"' in shown.content
    assert not Shipment.objects.exists()

    assert ProcrastinateJob.objects.filter(task_name="fulfillment.ship_file").count() == 1
    house.store.paused_at = made.uploaded_at
    house.store.save()
    work()

    made.refresh_from_db()
    assert (made.state, made.shipped) == (ImportState.DONE, 3)
    assert (
        b'http-equiv="refresh"'
        not in shipper.get(address(TrackingImport, "change", made.pk)).content
    )


def test_a_long_file_is_shown_in_part_with_its_problems_first(
    shipper: Client, house: House
) -> None:
    rows.accepted(house.reno, number="1001")
    unknown = b"".join(b"%d,1Z,UPS\n" % number for number in range(2000, 2400))
    shown = text(upload(shipper, b"Order,Tracking,Carrier\n1001,1Z,UPS\n" + unknown))
    assert "… and 101 more. All of them are in the CSV." in shown
    assert "1 × TENT" not in shown
    assert len(result(shipper, TrackingImport.objects.get())) == 401


def test_a_file_that_is_started_from_the_list_asks_first(
    manager: Client, shipper: Client, house: House
) -> None:
    rows.accepted(house.reno, number="1001")
    made = imports.preview(
        b"Order,Tracking,Carrier\n1001,1Z,UPS\n", "a.csv", by=house.people["shipper"]
    )
    page = address(TrackingImport, "act", "ship_file")
    assert "Orders that leave: 1. Their stores are told." in text(
        manager.get(page, {"id": made.pk})
    )
    assert not Shipment.objects.exists()
