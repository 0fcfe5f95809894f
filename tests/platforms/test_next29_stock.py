"""Stock records: what is asked, read, told and concluded."""

from typing import Any

import pytest

from platforms.errors import (
    Forbidden,
    Malformed,
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.next29.client import Next29Client
from platforms.next29.install import REQUIRED, SCOPES
from platforms.next29.stock_records import read_stock_entry
from platforms.records import StockEntry, StockPage, Unreadable
from tests.platforms.contract import example
from tests.platforms.tiny_server import Reply, TinyServer, hangs_up, says, sends

FIRST, SECOND = example("stockrecords_page1.json"), example("stockrecords_page2.json")
RECORD = example("stockrecord_patch.response.json")
LEVEL = example("stockrecord_patch.request.json")
DENIED = says({"detail": "You do not have permission to perform this action."}, 403)


def page(*results: Any, following: str | None = None) -> Reply:
    return says({"next": following, "previous": None, "results": list(results)})


def paths(tiny: TinyServer) -> list[str]:
    return [asked.path.removeprefix("/api/admin/") for asked in tiny.asked]


def read(found: StockPage) -> list[StockEntry]:
    return [entry for entry in found.entries if isinstance(entry, StockEntry)]


def product(**changes: Any) -> StockEntry:
    return read_stock_entry({**RECORD, "product": {**RECORD["product"], **changes}})


def test_a_record_says_of_what_where_and_how_many(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(page(*FIRST["results"]))
    tent, stakes = read(client.fetch_stock(["31"]))
    assert tent == StockEntry(
        ref="5001",
        location_ref="31",
        sku="TENT-2P-GRN",
        title="Ridge Tent 2P Green",
        product_ref="411",
        level=42,
        reserved=3,
        raw=FIRST["results"][0],
    )
    assert (stakes.title, stakes.level, stakes.reserved) == ("Tent Stakes 8 Pack", 250, 12)
    assert paths(tiny) == ["stockrecords/?location_id=31"]


def test_its_product_is_the_one_that_lines_name() -> None:
    order = example("fulfillment_order_open_requested.json")
    [line] = [each for each in order["line_items"] if each["sku"] == RECORD["product"]["sku"]]
    assert line["stockrecord_id"] == RECORD["id"]
    assert read_stock_entry(RECORD).product_ref == str(line["product_id"])


def test_untracked_is_not_zero_and_skus_that_differ_by_case_are_two(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says(SECOND))
    untracked, other = read(client.fetch_stock(["31"]))
    assert (untracked.sku, untracked.level, untracked.reserved) == ("MUG-ENM", None, None)
    assert (other.sku, other.level, other.reserved) == ("mug-enm", 7, 0)


def test_pages_follow_each_other(tiny: TinyServer, client: Next29Client) -> None:
    second = f"{tiny.base_url}stockrecords/?location_id=31&cursor=cD01MDAy"
    tiny.will(page(*FIRST["results"], following=second), page(*SECOND["results"], following=second))
    found = client.fetch_stock(["31", "32"])
    assert found.next == second
    last = client.fetch_stock(["31", "32"], found.next)
    assert last.next is None, "A page that names itself is the last."
    assert [each.ref for each in read(found) + read(last)] == ["5001", "5002", "5010", "5011"]
    assert paths(tiny) == [
        "stockrecords/?location_id=31&location_id=32",
        "stockrecords/?location_id=31&cursor=cD01MDAy",
    ]


def test_a_next_page_on_another_host_is_refused(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(page(following="https://evil.example.com/api/admin/stockrecords/"))
    found = client.fetch_stock(["31"])
    with pytest.raises(Malformed, match="not followed"):
        client.fetch_stock(["31"], found.next)
    assert len(tiny.asked) == 1


def test_without_a_location_nothing_is_asked(tiny: TinyServer, client: Next29Client) -> None:
    assert client.fetch_stock([]) == StockPage(())
    with pytest.raises(Missing, match="Not asked"):
        client.fetch_stock(["31", "31&sku=x"])
    assert not tiny.asked


def test_what_is_elsewhere_is_not_ours(tiny: TinyServer, client: Next29Client) -> None:
    elsewhere = {**RECORD, "id": 9, "location": {**RECORD["location"], "id": 99}}
    tiny.will(page(elsewhere, RECORD))
    assert [each.ref for each in client.fetch_stock(["31"]).entries] == ["5001"]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "5001",
        [],
        {},
        {**RECORD, "id": None},
        {**RECORD, "location": None},
        {**RECORD, "location": 31},
        {**RECORD, "location": {"name": "Reno"}},
        {**RECORD, "product": None},
        {**RECORD, "product": 411},
        {**RECORD, "product": {"title": "Ridge Tent 2P", "sku": " "}},
    ],
)
def test_a_broken_record_does_not_spoil_its_page(
    tiny: TinyServer, client: Next29Client, odd: Any
) -> None:
    tiny.will(page(odd, RECORD), says(odd))
    broken, good = client.fetch_stock(["31"]).entries
    assert isinstance(broken, Unreadable)
    assert broken.reason.endswith(".")
    assert broken.raw == odd
    assert good.ref == "5001"
    with pytest.raises(Malformed):
        client.fetch_stock_entry("5001")


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (0, 0),
        ("42", 42),
        (" 42 ", 42),
        ("42.0", 42),
        (42.0, 42),
        (-3, -3),
        ("-3", -3),
        (None, None),
    ],
)
def test_a_level_comes_as_number_or_text_and_may_be_below_zero(said: Any, level: Any) -> None:
    entry = read_stock_entry({**RECORD, "num_in_stock": said, "num_allocated": said})
    assert (entry.level, entry.reserved) == (level, level)


@pytest.mark.parametrize("said", [42.5, "42.5", "", "many", True, [], {"units": 1}, 2**31, "1e3"])
def test_a_level_that_cannot_be_read_does_not_pass_for_untracked(said: Any) -> None:
    with pytest.raises(Malformed, match="num_in_stock is"):
        read_stock_entry({**RECORD, "num_in_stock": said})
    assert read_stock_entry({**RECORD, "num_allocated": said}).reserved is None


def test_a_sku_keeps_case_and_blanks_and_may_be_empty() -> None:
    assert product(sku=" Tent-2p  grn ").sku == " Tent-2p  grn "
    assert product(sku=None).sku == ""
    assert read_stock_entry({**RECORD, "sku": "deprecated"}).sku == "TENT-2P-GRN"


@pytest.mark.parametrize(
    ("title", "variant", "shown"),
    [
        ("Mug", "", "Mug"),
        ("Mug", None, "Mug"),
        ("Mug", "Mug", "Mug"),
        ("Mug", "Mug Blue", "Mug Blue"),
        ("Mug", "Blue", "Mug Blue"),
        ("", "Blue", "Blue"),
        (None, None, ""),
    ],
)
def test_a_title_names_the_variant_once(title: Any, variant: Any, shown: str) -> None:
    assert product(title=title, variant_title=variant).title == shown


@pytest.mark.parametrize(("variant", "ref"), [(411, "411"), ("411", "411"), (None, "410")])
def test_a_product_without_variants_goes_by_its_own_id(variant: Any, ref: str) -> None:
    assert product(variant_id=variant).product_ref == ref


def test_another_record_is_not_taken_for_this_one(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says(RECORD), says(RECORD))
    assert client.fetch_stock_entry("5001").level == 1000
    with pytest.raises(Malformed, match="Asked for stock record 5002, got 5001"):
        client.fetch_stock_entry("5002")
    assert paths(tiny) == ["stockrecords/5001/", "stockrecords/5002/"]


def test_only_the_number_in_stock_is_told(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says(RECORD), says({**RECORD, "num_in_stock": 0}))
    assert client.set_stock("5001", 1000).level == 1000
    assert client.set_stock("5001", 0).level == 0
    assert [asked.json for asked in tiny.asked] == [LEVEL, {"num_in_stock": 0}]
    assert {(asked.method, asked.path) for asked in tiny.asked} == {
        ("PATCH", "/api/admin/stockrecords/5001/")
    }


@pytest.mark.parametrize(
    "reply",
    [
        sends(b""),
        sends(b"", 204),
        sends(b"<p>OK</p>", 200, {"Content-Type": "text/html"}),
        says(None),
        says({}),
        says([RECORD]),
        says({**RECORD, "id": 5002}),
        says({**RECORD, "num_in_stock": 999}),
        says({**RECORD, "num_in_stock": None}),
        says({**RECORD, "num_in_stock": "many"}),
        says({**RECORD, "product": None}),
        says(RECORD, 202),
        says({"detail": "Server Error (500)"}, 500),
        hangs_up,
    ],
)
def test_an_answer_that_does_not_show_the_level_means_read_back(
    tiny: TinyServer, client: Next29Client, reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Uncertain):
        client.set_stock("5001", 1000)
    assert len(tiny.asked) == 1


@pytest.mark.parametrize("level", [-1, 2**31])
def test_a_level_that_no_shelf_can_have_is_not_told(
    tiny: TinyServer, client: Next29Client, level: int
) -> None:
    with pytest.raises(Refused, match="not sent"):
        client.set_stock("5001", level)
    assert not tiny.asked


@pytest.mark.parametrize("ref", ["", "x", "../locations/31", "5001/x"])
def test_a_record_that_cannot_exist_is_not_asked_for(
    tiny: TinyServer, client: Next29Client, ref: str
) -> None:
    with pytest.raises(Missing, match="Not asked"):
        client.fetch_stock_entry(ref)
    with pytest.raises(Missing, match="Not asked"):
        client.set_stock(ref, 1)
    assert not tiny.asked


@pytest.mark.parametrize(
    ("reply", "reads", "writes"),
    [
        (says({"num_in_stock": ["A valid integer is required."]}, 400), Refused, Refused),
        (says({"detail": "Invalid token."}, 401), Unauthorized, Unauthorized),
        (says({"detail": "Not found."}, 404), Missing, Missing),
        (says({"detail": "Throttled."}, 429, {"Retry-After": "1"}), Throttled, Throttled),
        (sends(b"Bad Gateway", 502), Unavailable, Uncertain),
    ],
)
def test_what_a_refusal_means(
    tiny: TinyServer,
    client: Next29Client,
    reply: Reply,
    reads: type[PlatformError],
    writes: type[PlatformError],
) -> None:
    tiny.will(*[reply] * 3)
    with pytest.raises(reads) as listed:
        client.fetch_stock(["31"])
    with pytest.raises(reads) as read:
        client.fetch_stock_entry("5001")
    with pytest.raises(writes) as told:
        client.set_stock("5001", 1)
    assert [type(each.value) for each in (listed, read, told)] == [reads, reads, writes]


def test_a_missing_scope_is_named(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(*[DENIED] * 3)
    with pytest.raises(Forbidden, match="lacks the scope catalogue:read"):
        client.fetch_stock(["31"])
    with pytest.raises(Forbidden, match="lacks the scope catalogue:read"):
        client.fetch_stock_entry("5001")
    with pytest.raises(Forbidden, match="lacks the scope catalogue:write"):
        client.set_stock("5001", 1)


def test_an_app_can_work_without_the_scopes_of_stock() -> None:
    stock = {"catalogue:read", "catalogue:write"}
    assert stock <= set(SCOPES)
    assert not stock & set(REQUIRED)
