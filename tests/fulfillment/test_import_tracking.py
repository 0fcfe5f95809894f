"""Shipping by file: what each row does, what it does the second time, and when it dies halfway."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment import imports, jobs
from fulfillment.models import (
    FulfillmentOrder,
    ImportState,
    Parcel,
    Shipment,
    TrackingImport,
)
from locations.models import Location
from platforms.errors import Refusal
from relay.models import OutboundCall
from tests.dock import Dock
from tests.factories import LocationFactory, UserFactory, member
from tests.fulfillment.test_at_once import at_once
from tests.screens import rows
from tests.work import work

ORDER = {"Order": "1001", "Tracking": "1Z-1", "Carrier": "UPS"}


def table(*lines: dict[str, str]) -> bytes:
    """A CSV file with these rows; the first one names the columns."""
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def shown(*lines: dict[str, str], by: User | None = None) -> list[tuple[str, str]]:
    """What a preview says of each row."""
    made = imports.judge(table(*lines), "a.csv", by=by)
    return [(row["verdict"], row["words"]) for row in made.rows]


def sent(*lines: dict[str, str], by: User | None = None) -> TrackingImport:
    """Send a file, start it and have it worked through."""
    made = imports.preview(table(*lines), "a.csv", by=by)
    if made.to_ship:
        imports.start(made.pk, by=by)
        imports.carry_out(made.pk)
    made.refresh_from_db()
    return made


def verdicts(made: TrackingImport) -> list[str]:
    return [row["verdict"] for row in made.rows]


@pytest.fixture
def reno(db: None) -> Location:
    return LocationFactory(warehouse__name="Reno", store__name="Acme Outdoors")


@pytest.fixture
def order(reno: Location) -> FulfillmentOrder:
    return rows.accepted(reno, number="1001", ref="80475", skus=("TENT", "MUG"), units=2)


def codes() -> list[str]:
    return sorted(Parcel.objects.values_list("tracking_code", flat=True))


# --- what a row does --------------------------------------------------------------------------


def test_all_that_is_open_leaves_with_the_code_of_the_row(order: FulfillmentOrder) -> None:
    assert shown(ORDER) == [("ship", "2 × TENT, 2 × MUG. By UPS.")]
    assert not Shipment.objects.exists(), "looking ships nothing"

    made = sent(ORDER)

    assert (made.state, made.shipped, verdicts(made)) == (ImportState.DONE, 1, ["shipped"])
    order.refresh_from_db()
    assert order.work_status == "shipped"
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.carrier_name, parcel.tracking_code) == ("ups", "UPS", "1Z-1")
    assert OutboundCall.objects.get().verb == "create_fulfillment"


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"Order": "9"}, "No order 9 is known here, or it is not yours to work on."),
        (
            {"Order": "1001", "Fulfillment order": "9"},
            "No fulfillment order 9 of order 1001 is known here, or it is not yours to work on.",
        ),
        ({"Store": "Other"}, "No order 1001 at “Other” is known here, or it is not yours"),
        ({"Order": ""}, "The order is missing."),
        ({"Tracking": ""}, "The tracking code is missing."),
        ({"Tracking": "1.23E+15"}, "“1.23E+15” is what a spreadsheet makes of a long number."),
        ({"Tracking": "#N/A"}, "“#N/A” is an error of the spreadsheet."),
        ({"Tracking": "1" * 101}, "is too long for tracking: 100 at most."),
        ({"Link": "see mail"}, "“see mail” is no web address."),
        ({"Link": "javascript:alert(1)"}, "is no web address."),
        ({"Quantity": "two"}, "“two” is no number of units."),
        ({"Quantity": "0", "SKU": "TENT"}, "No units leave."),
        ({"Quantity": "3", "SKU": "TENT"}, "2 of “TENT” are left to ship, not 3."),
        ({"Quantity": "1"}, "Write the SKU beside the quantity: this order has several."),
        ({"SKU": "LAMP"}, "There is no “LAMP” in this order."),
        ({"Carrier": "other"}, "Write the carrier's own name instead of “other”."),
        ({"Carrier": ""}, "Write the carrier: none is known yet for this store's shipping method."),
    ],
)
def test_a_row_that_cannot_be_shipped_says_why(
    order: FulfillmentOrder, wishes: dict[str, str], words: str
) -> None:
    [(verdict, said)] = shown(ORDER | wishes)
    assert verdict == "refused"
    assert words in said


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"request_status": "requested", "work_status": "new"}, "has not been answered yet"),
        ({"on_hold": True}, "It is on hold at the store."),
        ({"request_status": "cancel_requested"}, "The merchant has asked to cancel it."),
        ({"request_status": "rejected"}, "The request stands at “Rejected”."),
        ({"work_status": "cancelled"}, "The work on it is at “Cancelled”."),
        ({"pending_answer": "accept_request"}, "is on its way to the store"),
    ],
)
def test_an_order_that_cannot_be_shipped_now_says_why(
    order: FulfillmentOrder, columns: dict[str, Any], words: str
) -> None:
    FulfillmentOrder.objects.filter(pk=order.pk).update(**columns)
    [(verdict, said)] = shown(ORDER)
    assert verdict == "refused"
    assert words in said
    assert sent(ORDER).state == ImportState.IDLE


def test_several_codes_of_an_order_are_parcels_of_one_shipment(order: FulfillmentOrder) -> None:
    made = sent(ORDER, ORDER | {"Tracking": "1Z-2"})
    assert "2 × TENT, 2 × MUG, in 2 parcels. By UPS." in made.rows[0]["words"]
    assert Shipment.objects.count() == 1
    assert codes() == ["1Z-1", "1Z-2"]


def test_with_quantities_each_code_is_a_shipment_of_its_own(order: FulfillmentOrder) -> None:
    made = sent(
        ORDER | {"SKU": "tent", "Quantity": "1"},
        ORDER | {"SKU": "MUG", "Quantity": "2"},
        ORDER | {"SKU": "TENT", "Tracking": "1Z-2"},
    )
    assert verdicts(made) == ["shipped"] * 3
    first, second = Shipment.objects.order_by("pk")
    assert [(entry.line.sku, entry.quantity) for entry in first.lines.order_by("line")] == [
        ("TENT", 1),
        ("MUG", 2),
    ]
    assert [(entry.line.sku, entry.quantity) for entry in second.lines.all()] == [("TENT", 1)]
    order.refresh_from_db()
    assert order.work_status == "shipped"


def test_a_quantity_alone_does_where_the_order_has_one_sku(reno: Location) -> None:
    rows.accepted(reno, number="1001", units=3)
    assert shown(ORDER | {"Quantity": "2"}) == [("ship", "2 × TENT-2P-GRN. By UPS.")]


def test_the_rows_of_an_order_go_together_or_not_at_all(order: FulfillmentOrder) -> None:
    said = shown(ORDER, ORDER | {"Tracking": "1Z-2", "Link": "see mail"})
    assert [verdict for verdict, _ in said] == ["refused", "refused"]
    assert said[0][1] == "Row 3 of the same order must be repaired first."

    said = shown(
        ORDER | {"SKU": "TENT", "Quantity": "2"},
        ORDER | {"SKU": "TENT", "Quantity": "1", "Tracking": "1Z-2"},
    )
    assert said[1][1] == "0 of “TENT” are left to ship, not 1."
    assert said[0][1] == "Row 3 of the same order must be repaired first."


def test_rows_with_and_without_quantities_contradict_each_other(order: FulfillmentOrder) -> None:
    said = shown(ORDER, ORDER | {"SKU": "TENT", "Tracking": "1Z-2"})
    assert ["on all of its rows, or on none" in words for _, words in said] == [True, True]


def test_one_code_has_one_carrier(order: FulfillmentOrder) -> None:
    said = shown(ORDER, ORDER | {"Carrier": "FedEx"})
    assert said[1][1] == "Row 2 gives this tracking code another carrier or link."


def test_a_row_that_repeats_another_one_counts_once(order: FulfillmentOrder) -> None:
    assert shown(ORDER, ORDER)[1] == ("nothing", "Row 2 says the same; it counts once.")
    assert sent(ORDER, ORDER).shipped == 1


def test_a_number_is_found_however_people_write_it(order: FulfillmentOrder) -> None:
    assert shown(ORDER | {"Order": "#1001"})[0][0] == "ship"
    assert shown({**ORDER, "Order": "", "Fulfillment order": "80475"})[0][0] == "ship"
    assert shown(ORDER | {"Store": "acme outdoors"})[0][0] == "ship"


def test_a_number_that_two_stores_have_needs_the_store(order: FulfillmentOrder) -> None:
    other = LocationFactory(store__name="Brown Bikes", warehouse=order.warehouse)
    theirs = rows.accepted(other, number="1001")
    said = "Several stores have an order 1001: Acme Outdoors, Brown Bikes. Name the store."
    assert shown(ORDER) == [("refused", said)]
    assert sent(ORDER | {"Store": "Brown Bikes"}).shipped == 1
    theirs.refresh_from_db()
    assert theirs.work_status == "shipped"

    made = imports.judge(table(ORDER), "a.csv", store=order.store, by=None)
    assert made.to_ship == 1, "the store may also be named for the whole file"


def test_of_the_parts_of_an_order_the_one_to_be_shipped_is_meant(order: FulfillmentOrder) -> None:
    second = rows.accepted(order.location, number="x")
    FulfillmentOrder.objects.filter(pk=second.pk).update(order=order.order, ref="80476")
    assert "has several parts here: 80475, 80476." in shown(ORDER)[0][1]
    FulfillmentOrder.objects.filter(pk=second.pk).update(on_hold=True)
    assert sent(ORDER).shipped == 1

    FulfillmentOrder.objects.filter(pk=second.pk).update(on_hold=False)
    assert verdicts(sent(ORDER)) == ["nothing"], "the same row means the same part"


def test_a_code_of_another_order_is_remarked(order: FulfillmentOrder) -> None:
    rows.shipped(rows.accepted(order.location), "1z-1")
    assert shown(ORDER)[0][1].endswith("Careful: another order has this tracking code too.")

    rows.accepted(order.location, number="1002")
    said = shown(ORDER | {"Tracking": "A"}, ORDER | {"Tracking": "A", "Order": "1002"})
    assert all(words.endswith("has this tracking code too.") for _, words in said)


@pytest.mark.parametrize(
    ("words", "carrier", "name"),
    [
        ("royal mail", "royal_mail", "Royal Mail"),
        ("DHL eCommerce", "dhl_ecommerce", "DHL eCommerce"),
        ("dhl-ecommerce", "dhl_ecommerce", "DHL eCommerce"),
        ("Evri", "myhermes", "myHermes (Evri)"),
        ("Bike Courier", "other", "Bike Courier"),
        ("DHL Paket", "other", "DHL Paket"),
    ],
)
def test_carriers_are_known_by_the_words_of_people(
    order: FulfillmentOrder, words: str, carrier: str, name: str
) -> None:
    made = sent(ORDER | {"Carrier": words})
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.carrier_name) == (carrier, name)
    listed = "does not list" not in made.rows[0]["words"]
    assert listed == (carrier != "other")


def test_without_a_carrier_the_last_one_of_the_shipping_method_is_meant(
    order: FulfillmentOrder,
) -> None:
    rows.shipped(rows.accepted(order.location))
    said = "2 × TENT, 2 × MUG. By UPS, as usual with this shipping method."
    assert shown(ORDER | {"Carrier": ""}) == [("ship", said)]


# --- again, and halfway -----------------------------------------------------------------------


def test_the_same_file_again_does_nothing(order: FulfillmentOrder) -> None:
    part = ORDER | {"SKU": "TENT", "Quantity": "1"}
    for lines in ([part], [ORDER | {"Tracking": "1Z-2"}]):
        sent(*lines)
        again = sent(*lines)
        assert verdicts(again) == ["nothing"]
        assert "It left with this tracking code at " in again.rows[0]["words"]
        assert "The same file was worked through before." in again.remarks
    assert Shipment.objects.count() == OutboundCall.objects.count() == 2


def test_a_code_that_left_with_less_is_not_taken_for_done(order: FulfillmentOrder) -> None:
    sent(ORDER | {"SKU": "TENT", "Quantity": "1"})
    [(verdict, words)] = shown(ORDER | {"SKU": "TENT", "Quantity": "2"})
    assert (verdict, words) == ("refused", "This tracking code left already, with 1 × TENT.")
    for line in ({"SKU": "MUG"}, {"SKU": "MUG", "Quantity": "1"}):
        assert shown(ORDER | line) == [("refused", words)]


def test_a_run_that_dies_halfway_is_finished_by_the_next(reno: Location) -> None:
    lines = [ORDER | {"Order": str(number), "Tracking": f"T{number}"} for number in range(4)]
    for number in range(4):
        rows.accepted(reno, number=str(number))
    made = imports.preview(table(*lines), "a.csv", by=None)
    imports.start(made.pk, by=None)
    dying = imports.steps(made.pk)
    assert [next(dying), next(dying)] == [3, 2]
    del dying
    assert codes() == ["T0", "T1"]
    assert imports.left_behind() == [], "somebody may still be working on it"

    TrackingImport.objects.update(moved_at=timezone.now() - timedelta(minutes=5))
    [left] = imports.left_behind()
    imports.carry_out(left)

    made.refresh_from_db()
    assert (made.state, made.shipped, made.to_ship) == (ImportState.DONE, 4, 0)
    assert codes() == ["T0", "T1", "T2", "T3"]
    assert Shipment.objects.count() == 4


def test_what_a_dead_run_left_is_also_finished_by_sending_the_file_again(reno: Location) -> None:
    lines = [ORDER | {"Order": str(number), "Tracking": f"T{number}"} for number in range(3)]
    for number in range(3):
        rows.accepted(reno, number=str(number))
    made = imports.preview(table(*lines), "a.csv", by=None)
    imports.start(made.pk, by=None)
    next(imports.steps(made.pk))
    assert verdicts(sent(*lines)) == ["nothing", "shipped", "shipped"]


def test_an_order_that_the_database_refuses_does_not_stop_the_others(
    reno: Location, caplog: pytest.LogCaptureFixture
) -> None:
    for number in ("1001", "1002"):
        rows.accepted(reno, number=number)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE fulfillment_parcel ADD CONSTRAINT odd CHECK (tracking_code <> 'ODD')"
        )
    made = sent(ORDER | {"Tracking": "ODD"}, ORDER | {"Order": "1002"})
    assert verdicts(made) == ["refused", "shipped"]
    assert made.rows[0]["words"] == imports.NOT_KEPT
    assert "was not recorded" in caplog.text
    assert codes() == ["1Z-1"]


def test_what_changed_since_the_preview_is_judged_anew(order: FulfillmentOrder) -> None:
    made = imports.preview(table(ORDER), "a.csv", by=None)
    FulfillmentOrder.objects.update(on_hold=True)
    imports.start(made.pk, by=None)
    imports.carry_out(made.pk)
    made.refresh_from_db()
    assert (verdicts(made), made.rows[0]["words"]) == (["refused"], "It is on hold at the store.")
    assert not Shipment.objects.exists()


def test_nothing_leaves_that_the_preview_said_would_not(order: FulfillmentOrder) -> None:
    rows.accepted(order.location, number="1002")
    FulfillmentOrder.objects.filter(pk=order.pk).update(on_hold=True)
    made = imports.preview(table(ORDER, ORDER | {"Order": "1002"}), "a.csv", by=None)
    FulfillmentOrder.objects.update(on_hold=False)
    imports.start(made.pk, by=None)
    imports.carry_out(made.pk)
    made.refresh_from_db()
    assert verdicts(made) == ["refused", "shipped"]
    assert Shipment.objects.count() == 1


def test_how_far_a_run_is_can_be_read_while_it_goes_on(
    reno: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SAVED_AFTER", timedelta(0))
    for number in range(3):
        rows.accepted(reno, number=str(number))
    lines = [ORDER | {"Order": str(number), "Tracking": f"T{number}"} for number in range(3)]
    made = imports.preview(table(*lines), "a.csv", by=None)
    imports.start(made.pk, by=None)
    run = imports.steps(made.pk)
    next(run)
    next(run)
    made.refresh_from_db()
    assert (made.shipped, made.to_ship) == (2, 1)
    list(run)
    made.refresh_from_db()
    assert (made.shipped, made.to_ship, made.state) == (3, 0, ImportState.DONE)


def test_an_order_with_two_shipments_leaves_whole_or_not(order: FulfillmentOrder) -> None:
    lines = [
        ORDER | {"SKU": "TENT", "Quantity": "1"},
        ORDER | {"SKU": "MUG", "Quantity": "1", "Tracking": "ODD"},
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE fulfillment_parcel ADD CONSTRAINT odd CHECK (tracking_code <> 'ODD')"
        )
    assert verdicts(sent(*lines)) == ["refused", "refused"]
    assert not Shipment.objects.exists()


# --- two at once, over the wire ---------------------------------------------------------------


@pytest.mark.parametrize("round_", range(3))
def test_of_two_people_who_start_one_preview_one_does(dock: Dock, round_: int) -> None:
    order = dock.accepted()
    line = ORDER | {"Order": order.order.ref}
    made = imports.preview(table(line), "a.csv", by=None)
    alva, boris = UserFactory(username="alva"), UserFactory(username="boris")
    for person in (alva, boris):
        person.is_superuser = True
        person.save()

    def start(person: User) -> str:
        try:
            imports.start(made.pk, by=person)
        except Refusal as refusal:
            return str(refusal)
        imports.carry_out(made.pk)
        return ""

    said = sorted(at_once(lambda: start(alva), lambda: start(boris)))
    made.refresh_from_db()
    assert said[0] == ""
    assert said[1].startswith(f"{made.confirmed_by} has started it at ")
    work()
    assert dock.effects(order) == ["accept", "fulfillment"]
    assert dock.state(order) == ("closed", "shipped")


def test_the_same_file_sent_by_two_people_at_once_ships_once(dock: Dock) -> None:
    orders = [dock.accepted() for _ in range(3)]
    lines = [ORDER | {"Order": o.order.ref, "Tracking": f"T{o.pk}"} for o in orders]
    one, two = (imports.preview(table(*lines), "a.csv", by=None) for _ in range(2))

    def run(made: TrackingImport) -> None:
        imports.start(made.pk, by=None)
        imports.carry_out(made.pk)

    at_once(lambda: run(one), lambda: run(two))
    for made in (one, two):
        made.refresh_from_db()
        assert set(verdicts(made)) <= {"shipped", "nothing"}
    work()
    assert Shipment.objects.count() == 3
    assert [dock.effects(order) for order in orders] == [["accept", "fulfillment"]] * 3


def test_a_job_that_was_never_queued_is_made_good_by_the_clock(dock: Dock) -> None:
    order = dock.accepted()
    made = imports.preview(table(ORDER | {"Order": order.order.ref}), "a.csv", by=None)
    imports.start(made.pk, by=None)
    TrackingImport.objects.update(moved_at=timezone.now() - timedelta(minutes=5))
    jobs.ship_files()
    jobs.ship_files()
    work()
    made.refresh_from_db()
    assert made.state == ImportState.DONE
    assert dock.effects(order) == ["accept", "fulfillment"]


# --- scope and cost ---------------------------------------------------------------------------


def test_an_order_of_another_warehouse_looks_as_if_it_were_unknown(
    order: FulfillmentOrder,
) -> None:
    kim = member("shipper", LocationFactory(store=order.store).warehouse)
    unknown = shown(ORDER | {"Order": "1009"}, by=kim)[0][1]
    assert shown(ORDER, by=kim) == [("refused", unknown.replace("1009", "1001"))]


def test_a_file_is_judged_with_as_many_statements_for_many_rows_as_for_few(
    reno: Location,
) -> None:
    def statements(count: int) -> int:
        lines = [
            ORDER | {"Order": each.order.ref, "Tracking": f"T{each.pk}"}
            for each in rows.many(count, reno)
        ]
        FulfillmentOrder.objects.update(request_status="accepted", work_status="allocated")
        with CaptureQueriesContext(connection) as made:
            assert {verdict for verdict, _ in shown(*lines)} == {"ship"}
        return len(made)

    assert statements(300) <= statements(5)


# --- the command ------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "evening.csv"
    path.write_bytes(table(ORDER, ORDER | {"Order": "9"}))
    return path


def command(*arguments: str | Path) -> str:
    said = io.StringIO()
    try:
        call_command("import_tracking", *map(str, arguments), stdout=said, stderr=said)
    except CommandError as error:
        return f"{said.getvalue()}error: {error}"
    return said.getvalue()


def test_the_command_shows_ships_and_says_what_it_could_not(
    order: FulfillmentOrder, file: Path
) -> None:
    said = command(file, "--dry-run")
    assert "Row 2, order 1001: would ship. 2 × TENT, 2 × MUG. By UPS." in said
    assert not TrackingImport.objects.exists()

    said = command(file)
    assert "Row 2, order 1001: shipped." in said
    assert "Row 3, order 9: not possible. No order 9 is known here" in said
    assert said.endswith("error: Rows that could not be shipped: 1.")

    file.write_bytes(table(ORDER))
    assert "Shipped: 0. To be shipped: 0. Nothing to do: 1. Not possible: 0." in command(file)


def test_the_command_ships_in_somebodys_name_and_within_their_warehouses(
    order: FulfillmentOrder, file: Path
) -> None:
    member("shipper", order.warehouse, username="kim")
    member("shipper", username="lee")
    member("picker", username="pat")
    assert "There is no user “zoe”." in command(file, "--user", "zoe")
    assert "pat may not ship." in command(file, "--user", "pat")
    assert "Shipped: 0." in command(file, "--user", "lee")
    assert "Shipped: 1." in command(file, "--user", "kim")
    assert str(Shipment.objects.get().shipped_by) == "kim"


def test_the_command_answers_programs_in_json(order: FulfillmentOrder, file: Path) -> None:
    file.write_bytes(table(ORDER))
    said = json.loads(command(file, "--json", "--store", "acme outdoors"))
    assert (said["shipped"], said["rows"][0]["verdict"]) == (1, "shipped")


def test_what_the_command_cannot_read_is_an_error_in_words(db: None, tmp_path: Path) -> None:
    assert "It cannot be read: No such file or directory." in command(tmp_path / "none.csv")
    (tmp_path / "empty.csv").touch()
    assert "The file is empty." in command(tmp_path / "empty.csv")
    assert "There is no store “X”. There are: none yet." in command(
        tmp_path / "empty.csv", "--store", "X"
    )
