"""What a store shows otherwise than we do is found, reported, and told again."""

import json
from typing import Any

import pytest
from django.core.management import call_command

from locations.models import StockPolicy
from relay.models import Alarm, Comparison
from tests.inventory.shelf import Shelf

TENT = "TENT-2P-GRN"


def reconcile(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit status and what it printed."""
    with pytest.raises(SystemExit) as end:
        call_command("reconcile", "--stock", *arguments)
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


@pytest.fixture
def differing(shelf: Shelf) -> int:
    """A record in step whose figure the merchant then changes at the store."""
    ref = shelf.dock.shop.stock(TENT, 5)
    shelf.put(TENT, 5)
    shelf.read()
    shelf.dock.shop.stock(TENT, 99)
    return ref


def test_a_difference_is_one_line_and_nothing_is_changed(
    shelf: Shelf, differing: int, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, _ = reconcile(capsys)
    assert status == 1
    line = f"{TENT} (record {differing}): here 5; there 99 (never told)."
    assert line in said
    assert "1 stock records read, 1 compared, 1 show another figure" in said
    assert shelf.there(differing)[0] == 99
    assert not shelf.calls().exists()


def test_fix_tells_the_store(
    shelf: Shelf, differing: int, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, _ = reconcile(capsys, "--fix")
    assert (status, "1 queued, 0 follow after them, 0 wait for a person." in said) == (0, True)
    shelf.tell()
    assert shelf.there(differing)[0] == 5
    assert reconcile(capsys)[0] == 0


def test_a_program_reads_one_document(
    shelf: Shelf, differing: int, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said, _ = reconcile(capsys, "--json")
    [result] = json.loads(said)["stores"]
    assert result["found"] == [
        {"sku": TENT, "ref": str(differing), "we_say": 5, "they_say": 99, "last_told": None}
    ]
    assert (result["compared"], result["left"], result["failure"]) == (1, 1, "")


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"stock_policy": StockPolicy.OFF}, "It is not told of stock."),
        ({"paused_at": "2026-01-01T00:00:00Z", "pause_reason": "Moving."}, "It is paused. Moving."),
    ],
)
def test_a_store_that_cannot_be_compared_is_named(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], wishes: dict[str, Any], reason: str
) -> None:
    store = shelf.dock.store
    type(store).objects.filter(pk=store.pk).update(**wishes)
    status, _, trouble = reconcile(capsys, store.name)
    assert status == 2
    assert reason in trouble


def test_what_two_nights_found_is_alarmed(shelf: Shelf, differing: int) -> None:
    shelf.dock.shop.fault("error_500_before", "stockrecordsPartialUpdate")
    shelf.read()
    first = Comparison.objects.filter(about="stock").latest("id")
    assert (first.compared, first.found, first.persistent) == (1, 1, 0)
    assert not Alarm.objects.filter(kind="stock_drift").exists()
    shelf.read()
    second = Comparison.objects.filter(about="stock").latest("id")
    assert (second.found, second.persistent) == (1, 1)
    assert TENT in Alarm.objects.get(kind="stock_drift", cleared_at=None).message

    shelf.dock.shop.control("DELETE", "faults")
    shelf.dock.later()
    shelf.tell()
    shelf.read()
    assert not Alarm.objects.filter(kind="stock_drift", cleared_at=None).exists()


def test_records_that_cannot_be_read_are_alarmed_until_they_can(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 5)
    shelf.put(TENT, 7)
    shelf.dock.shop.fault("status_403", "stockrecordsList", times=1)
    shelf.read()
    assert Alarm.objects.filter(kind="stock_failed", cleared_at=None).exists()
    assert shelf.there(ref)[0] == 5
    shelf.read()
    assert not Alarm.objects.filter(kind="stock_failed", cleared_at=None).exists()
    assert shelf.there(ref)[0] == 7


def test_a_record_that_a_reading_does_not_show_is_gone(shelf: Shelf) -> None:
    kept, gone = shelf.dock.shop.stock(TENT, 5), shelf.dock.shop.stock("OTHER", 5)
    shelf.read()
    shelf.dock.shop.service.good("DELETE", f"/stockrecords/{gone}/")
    shelf.read()
    assert shelf.record(gone).gone_at is not None
    assert shelf.record(kept).gone_at is None
