"""Counts on the screen: blind for who counts, in parts however long, reviewed and posted once."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory import counting, ledger
from inventory.models import Stocktake, StocktakeState
from tests.inventory import rows as goods
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, said, text
from tests.screens.test_exports import export

ADD = "/admin/inventory/stocktake/add/"
BOOKS = 7919  # a figure that stands nowhere by chance


def shelf(house: House, sku: str = "TENT", *barcodes: str, units: int = BOOKS) -> Any:
    item = goods.product(house.store.merchant, sku, *barcodes)
    goods.stock(house.reno.warehouse, item, units)
    return item


def sheet(count: Stocktake) -> str:
    return address(Stocktake, "change", count.pk)


def scan(client: Client, count: Stocktake, code: str, **more: str) -> dict[str, Any]:
    sent = {"code": code, "submission": uuid.uuid4().hex, **more}
    answer: dict[str, Any] = client.post(f"{scan_page(count)}", sent).json()
    return answer


def scan_page(count: Stocktake) -> str:
    return f"/admin/inventory/stocktake/{count.pk}/scan/"


def save(client: Client, count: Stocktake, shown: Any, **typed: object) -> Any:
    """Send a page of the sheet as it was shown, with some figures typed by SKU."""
    sent: dict[str, object] = {}
    for line in shown.context["part"].lines:
        before = "" if line.counted is None else line.counted
        sent |= {f"was{line.pk}": before}
        sent |= {f"counted{line.pk}": typed.get(line.level.product.sku, before)}
    return client.post(sheet(count), sent)


def test_a_count_of_chosen_products_begins_once(shipper: Client, house: House) -> None:
    goods.product(house.store.merchant, "MUG", "4006381333931")
    sent = {
        "submission": uuid.uuid4(),
        "warehouse": house.reno.warehouse_id,
        "merchant": house.store.merchant_id,
        "products": "TENT-2P-GRN\n4006381333931\nTENT-2P-GRN",
    }
    for _ in range(2):
        answer = shipper.post(ADD, sent)
    count = Stocktake.objects.get()
    assert answer["Location"] == sheet(count)
    assert [line.level.product.sku for line in count.lines.all()] == ["TENT-2P-GRN", "MUG"]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"products": "SOFA"}, "Choose the merchant of these products."),
        ({"products": "SOFA", "merchant": "mine"}, "“SOFA” is no SKU or barcode of"),
        ({}, "There is nothing to count"),
        ({"warehouse": "erie"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_counted_is_said(
    shipper: Client, house: House, wishes: dict[str, str], words: str
) -> None:
    meant = {"mine": house.store.merchant_id, "erie": house.erie.warehouse_id}
    sent = {"submission": uuid.uuid4(), "warehouse": house.reno.warehouse_id}
    sent |= {name: meant.get(value, value) for name, value in wishes.items()}
    assert words in text(shipper.post(ADD, sent))
    assert not Stocktake.objects.exists()


@pytest.mark.parametrize("state", ["counting", "review", "posted"])
def test_who_may_not_post_reads_no_figure_of_the_books_anywhere(
    shipper: Client, house: House, state: str
) -> None:
    shelf(house)
    count = counting.begin(house.reno.warehouse, by=None)
    pages = [sheet(count), f"{sheet(count)}?q=TENT", f"{sheet(count)}?open=1"]
    pages += [address(Stocktake, "changelist"), f"/admin/inventory/stocktake/{count.pk}/print/"]
    pages += [f"{address(Stocktake, 'act', 'finish_count')}?id={count.pk}"]
    if state == "counting":
        pages += [scan_page(count)]
        assert str(BOOKS) not in str(scan(shipper, count, "TENT"))
    else:
        goods.counted(count, BOOKS - 2)
    if state == "posted":
        counting.post(count.pk, by=None)
    for path in pages:
        shown = shipper.get(path).content.decode()
        assert not re.search(rf"\b{BOOKS}\b", shown), path
        assert ">-2<" not in shown, path
    assert str(BOOKS) not in export(shipper, Stocktake).content.decode()
    for name in ("post_count", "count_again", "drop_count"):
        path = address(Stocktake, "act", name)
        assert shipper.get(path, {"id": count.pk}).status_code == 404


def test_figures_are_kept_as_typed_and_only_those_that_were(
    shipper: Client, supervisor: Client, house: House
) -> None:
    shelf(house, "MUG"), shelf(house, "TENT")
    count = counting.begin(house.reno.warehouse, by=None)
    shown, elsewhere = shipper.get(sheet(count)), supervisor.get(sheet(count))
    assert said(save(shipper, count, shown, MUG=0)) == "Figures kept: 1."
    words = said(save(supervisor, count, elsewhere, TENT=4))
    assert words == "Figures kept: 1."
    assert list(count.lines.values_list("counted", flat=True)) == [0, 4]
    shown = save(supervisor, count, elsewhere, MUG=3)
    assert "shipper counted 0 meanwhile. That stays" in said(shown)
    assert list(count.lines.values_list("counted", flat=True)) == [0, 4]


@pytest.mark.parametrize("odd", ["-1", "abc", "4006381333931", "1.5", "²"])
def test_what_is_no_figure_is_not_kept(shipper: Client, house: House, odd: str) -> None:
    shelf(house)
    count = counting.begin(house.reno.warehouse, by=None)
    words = said(save(shipper, count, shipper.get(sheet(count)), TENT=odd))
    assert "Was a barcode scanned into it?" in words
    assert count.lines.get().counted is None


def test_each_scan_adds_one_and_the_same_scan_counts_once(shipper: Client, house: House) -> None:
    shelf(house, "TENT", "4006381333931")
    count = counting.begin(house.reno.warehouse, by=None)
    number = uuid.uuid4().hex
    for code, words in (("4006381333931", "TENT: 1"), ("tent", "TENT: 1"), ("TENT", "TENT: 1")):
        assert scan(shipper, count, code, submission=number)["words"] == words
    assert scan(shipper, count, "TENT")["counted"] == 2
    assert "is no product here" in scan(shipper, count, "<SOFA>")["words"]
    assert "no number" in scan(shipper, count, "TENT", submission="x")["words"]


def test_a_product_that_is_not_on_the_sheet_is_put_there_when_asked(
    shipper: Client, house: House
) -> None:
    count = goods.count(house.reno.warehouse, shelf(house))
    goods.product(house.store.merchant, "MUG")
    answer = scan(shipper, count, "MUG")
    assert (answer["words"], answer["can_add"]) == ("MUG is not on this sheet.", True)
    assert scan(shipper, count, "MUG", add="1")["words"] == "MUG: 1"
    assert count.lines.count() == 2


def test_a_sheet_of_any_length_is_read_in_parts(shipper: Client, house: House) -> None:
    def opened(length: int) -> int:
        for n in range(length):
            ledger.level_at(goods.product(house.store.merchant, f"S{n:04}"), house.reno.warehouse)
        count = counting.begin(house.reno.warehouse, by=None)
        with CaptureQueriesContext(connection) as made:
            shown = shipper.get(sheet(count))
        assert len(shown.context["part"].lines) == min(length, 100)
        return len(made)

    assert opened(3) == opened(250)
    count = Stocktake.objects.get(lines__level__product__sku="S0249")
    middle = shipper.get(f"{sheet(count)}?from={shipper.get(sheet(count)).context['part'].after}")
    assert middle.context["part"].lines[0].level.product.sku == "S0100"
    found = shipper.get(sheet(count), {"q": "S0249"})
    assert [line.level.product.sku for line in found.context["part"].lines] == ["S0249"]
    assert len(shipper.get(sheet(count), {"q": "S01"}).context["part"].lines) == 100
    assert "“SOFA” is not on this sheet." in text(shipper.get(sheet(count), {"q": "SOFA"}))
    for odd in ("from=²", "from=99999999999999999999", "q=%00", "from=-1", "part=x&p=x"):
        assert shipper.get(f"{sheet(count)}?{odd}").status_code == 200


def test_saving_can_lead_to_the_next_lines(shipper: Client, house: House) -> None:
    for n in range(101):
        ledger.level_at(goods.product(house.store.merchant, f"S{n:04}"), house.reno.warehouse)
    count = counting.begin(house.reno.warehouse, by=None)
    part = shipper.get(sheet(count)).context["part"]
    sent = {"next": "1", "from": part.lines[0].pk, "after": part.after}
    assert shipper.post(sheet(count), sent)["Location"].endswith(f"?from={part.after}")


def test_the_review_shows_differences_first_and_posts_them_once(
    supervisor: Client, manager: Client, house: House
) -> None:
    item, mug = shelf(house, units=10), shelf(house, "MUG", units=4)
    count = goods.count(house.reno.warehouse, item, mug)
    lines = {line.level.product.sku: line.pk for line in count.lines.all()}
    counting.note(count.pk, {lines["TENT"]: 8, lines["MUG"]: 4}, by=house.people["shipper"])
    assert act(supervisor, "finish_count", count) == "Handed over for review: 1."
    goods.stock(house.reno.warehouse, item, 5)
    shown = text(supervisor.get(sheet(count)))
    assert "by shipper," in shown
    assert "10 8 -2" in shown
    assert "Since then 1 movement: +5. They are kept." in shown
    assert "MUG" not in shown
    assert "MUG" in text(supervisor.get(sheet(count), {"part": "right"}))
    second = page(manager, "post_count", [count])
    assert act(supervisor, "post_count", count) == "Posted: 1."
    sent = {"confirmed": "1", "seen": second.context["seen"]}
    answer = manager.post(second.context["act_url"], sent)
    assert "The count stands at “Posted”: supervisor did that at" in said(answer)
    assert goods.on_hand(house.reno.warehouse, item) == 13


def test_ticked_lines_are_counted_again(supervisor: Client, house: House) -> None:
    item, mug = shelf(house, units=10), shelf(house, "MUG", units=4)
    count = goods.counted(goods.count(house.reno.warehouse, item, mug), 8)
    line = count.lines.get(level__product=item)
    sent = {"confirmed": "1", "seen": f"{count.pk}:", "which": "chosen"}
    path = address(Stocktake, "act", "count_again")
    assert "No line was ticked." in text(supervisor.post(path, sent))
    assert said(supervisor.post(path, sent | {"line": line.pk})) == "Back on the floor: 1."
    assert {each.level.product.sku: each.counted for each in count.lines.all()} == {
        "TENT": None,
        "MUG": 8,
    }


def test_a_count_in_another_warehouse_is_not_there(
    supervisor: Client, shipper: Client, house: House
) -> None:
    item = goods.product(house.store.merchant, "TENT")
    theirs = goods.counted(goods.count(house.erie.warehouse, item), 3)
    for client in (supervisor, shipper):
        assert client.get(sheet(theirs)).status_code == 404
        assert client.post(sheet(theirs), {}).status_code == 404
        assert client.post(scan_page(theirs), {"code": "TENT"}).status_code == 404
        assert client.get(f"/admin/inventory/stocktake/{theirs.pk}/print/").status_code == 404
    for name in ("post_count", "count_again", "drop_count", "finish_count"):
        sent = {"confirmed": "1", "seen": f"{theirs.pk}:", "which": "all"}
        answer = supervisor.post(address(Stocktake, "act", name), sent, follow=True)
        assert "it is not yours to work on" in text(answer)
    theirs.refresh_from_db()
    assert theirs.state == StocktakeState.REVIEW


def test_a_picker_neither_counts_nor_looks(picker: Client, house: House) -> None:
    count = goods.count(house.reno.warehouse, shelf(house))
    assert picker.get(sheet(count)).status_code in (403, 404)
    assert picker.post(sheet(count), {}).status_code in (403, 404)
    assert picker.post(scan_page(count), {"code": "TENT"}).status_code in (403, 404)
    assert picker.get(ADD).status_code == 403
