"""What every platform of the registry must keep; a platform without examples fails."""

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from platforms import registry
from platforms.desk import NotUnderstood, Operation
from platforms.errors import Malformed, PlatformError
from platforms.http import Transport
from platforms.interface import Client, Endpoint, Inbound, Platform, Sender
from platforms.records import RejectReason, Unreadable
from platforms.unable import Unable
from tests.platforms.contract import CONTRACTS, StockExamples, answers, example
from tests.platforms.haravan_examples import HARAVAN_STOCK, haravan_reader
from tests.platforms.next29_examples import NEXT29_STOCK, Read, next29_reader
from tests.platforms.own_api_examples import own_api_reader
from tests.platforms.published import request_problems
from tests.platforms.spree_hub_examples import spree_hub_reader
from tests.platforms.spresso_examples import spresso_reader
from tests.platforms.tiny_server import TinyServer, says

PLATFORMS = tuple(registry.PLATFORMS.values())
SAMPLE_ACCOUNTS = {
    "next29": "acme-outdoors",
    "spresso": "harbor-goods",
    "haravan": "gom-may",
    "spree_hub": "acme-goods",
    "own_api": "merchant-12",
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "reads_orders_back": ("fetch_fulfillment_order", "fetch_fulfillments"),
    "lists_work": ("fetch_assigned",),
    "lists_changes": ("fetch_assigned",),
    "lists_locations": ("fetch_locations",),
    "answers_requests": ("accept_request", "reject_request"),
    "answers_cancellations": ("accept_cancellation", "reject_cancellation"),
    "registers_locations": ("fetch_locations", "create_location", "update_location"),
    "ships_partially": ("create_fulfillment",),
    "several_parcels": ("create_fulfillment",),
    "takes_progress": ("report_progress",),
    "wants_final_count": ("report_final",),
    "corrects_tracking": ("update_tracking",),
    "voids_shipments": ("cancel_fulfillment",),
    "customer_notice": ("create_fulfillment",),
    "holds": ("hold", "release_hold"),
    "closes_short": ("close_short",),
    "moves": ("fetch_destinations", "move", "fetch_order_group"),
    "splits": ("split", "fetch_order_group"),
    "shows_orders": ("fetch_order",),
    "lists_shipping_methods": ("fetch_shipping_methods",),
    "shows_deliveries": ("fetch_fulfillments",),
    "takes_delivery_events": ("create_tracking_event",),
    "keeps_stock": ("fetch_stock", "fetch_stock_entry", "set_stock"),
    "reserves_stock": ("set_stock",),
}
EXAMPLE_READERS: Mapping[str, Callable[[str], Read | None]] = {
    "next29": next29_reader,
    "spresso": spresso_reader,
    "haravan": haravan_reader,
    "spree_hub": spree_hub_reader,
    "own_api": own_api_reader,
}
STOCK_EXAMPLES: Mapping[str, StockExamples] = {
    "next29": NEXT29_STOCK,
    "haravan": HARAVAN_STOCK,
}


def examples_of(platform: Platform) -> list[Path]:
    return sorted((CONTRACTS / platform.key / "examples").glob("*.json"))


def client_of(platform: Platform, transport: Transport | None = None) -> Client:
    credentials = {field.name: "not-a-real-one" for field in platform.credentials}
    base_url = platform.base_url(SAMPLE_ACCOUNTS[platform.key])
    return platform.connect(credentials, transport or Transport(base_url), platform.filled_in({}))


all_platforms = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda each: str(each.key))
all_that_keep_stock = pytest.mark.parametrize(
    "platform",
    [each for each in PLATFORMS if each.capabilities.keeps_stock],
    ids=lambda each: str(each.key),
)


@all_platforms
def test_it_has_examples_and_a_reader_for_them(platform: Platform) -> None:
    assert examples_of(platform), f"tests/contracts/{platform.key}/examples is empty."
    read = [each for each in examples_of(platform) if EXAMPLE_READERS[platform.key](each.name)]
    assert len(read) >= 10


@pytest.mark.parametrize(
    ("platform", "path"),
    [(platform, path) for platform in PLATFORMS for path in examples_of(platform)],
    ids=lambda each: each.stem if isinstance(each, Path) else each.key,
)
def test_every_example_is_read_without_a_crash(platform: Platform, path: Path) -> None:
    read = EXAMPLE_READERS[platform.key](path.name)
    payload = json.loads(path.read_text(encoding="utf-8"))
    result = read(payload) if read else None
    assert not any(isinstance(each, Unreadable) for each in getattr(result, "records", ()))


@all_platforms
def test_it_names_itself(platform: Platform) -> None:
    assert registry.get(platform.key) is platform
    assert registry.PLATFORMS[platform.key] is platform
    assert platform.key.isidentifier()
    assert platform.label
    assert platform.requests_per_second > 0
    assert bool(platform.credentials) != platform.served_here
    assert all(field.name and field.label for field in platform.credentials)


def test_an_unknown_platform_is_told_in_words() -> None:
    with pytest.raises(LookupError, match=r"There is no platform 'shopfront'. There are: .*next29"):
        registry.get("shopfront")


@all_platforms
def test_what_it_can_do_its_client_has(platform: Platform) -> None:
    client = client_of(platform)
    for capability, methods in NEEDED.items():
        if getattr(platform.capabilities, capability) and not _only_asks(platform, methods):
            able = [getattr(type(client), each) is not getattr(Unable, each) for each in methods]
            assert all(able), capability
    assert callable(client.check)


def _only_asks(platform: Platform, methods: tuple[str, ...]) -> bool:
    """Who is told of shipments only when asking needs no call that tells them."""
    return platform.capabilities.told_when_asked and methods == ("create_fulfillment",)


@all_platforms
def test_its_client_has_the_signatures_of_the_interface(platform: Platform) -> None:
    client = client_of(platform)
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if not name.startswith("_"):
            ours = inspect.signature(getattr(type(client), name))
            assert str(ours) == str(inspect.signature(method)), name


@all_platforms
def test_it_has_a_word_for_every_reason(platform: Platform) -> None:
    if platform.capabilities.answers_requests:
        assert set(platform.reject_reasons) == set(RejectReason)
        assert all(platform.reject_reasons.values())


@all_platforms
def test_it_has_words_for_what_carriers_say_where_it_takes_them(platform: Platform) -> None:
    assert bool(platform.tracking_words) == platform.capabilities.takes_delivery_events
    assert all(platform.tracking_words.values())


@all_platforms
def test_what_reserves_stock_keeps_it(platform: Platform) -> None:
    assert platform.capabilities.keeps_stock or not platform.capabilities.reserves_stock


@all_that_keep_stock
def test_its_stock_is_read_to_the_last_page(
    platform: Platform, tiny: TinyServer, transport: Transport
) -> None:
    stock = STOCK_EXAMPLES[platform.key]
    published = platform.base_url(SAMPLE_ACCOUNTS[platform.key])
    said = [each for page in stock.pages for each in answers(page)]
    texts = [json.dumps(each).replace(published, tiny.base_url) for each in said]
    tiny.will(*(says(json.loads(text)) for text in texts))
    client = client_of(platform, transport)
    pages = [client.fetch_stock([stock.location_ref])]
    while pages[-1].next:
        pages.append(client.fetch_stock([stock.location_ref], pages[-1].next))
    assert len(pages) == len(stock.pages)
    entries = [entry for page in pages for entry in page.entries]
    read = [entry for entry in entries if not isinstance(entry, Unreadable)]
    assert read == entries
    assert read
    assert all(each.ref and each.raw for each in read)
    assert {each.location_ref for each in read} == {stock.location_ref}
    assert len({each.ref for each in read}) == len(read)
    assert not [problem for each in tiny.asked for problem in request_problems(platform.key, each)]


@all_that_keep_stock
def test_a_level_is_set_as_published_and_twice_is_as_once(
    platform: Platform, tiny: TinyServer, transport: Transport
) -> None:
    stock = STOCK_EXAMPLES[platform.key]
    told = answers(stock.one)
    tiny.will(*map(says, (*told, *told, *(answers(stock.read) if stock.read else told))))
    client = client_of(platform, transport)
    first, again = [client.set_stock(stock.ref, stock.level) for _ in range(2)]
    assert client.fetch_stock_entry(stock.ref) == first == again
    assert (first.ref, first.level) == (stock.ref, stock.level)
    first_sent, again_sent = [each for each in tiny.asked if each.method != "GET"]
    assert first_sent.body == again_sent.body
    assert not [problem for each in tiny.asked for problem in request_problems(platform.key, each)]


@all_platforms
def test_its_carriers_have_labels(platform: Platform) -> None:
    assert all(code and label for code, label in platform.carriers.items())


@all_platforms
def test_what_was_kept_of_an_order_can_be_read_again_or_says_why_not(platform: Platform) -> None:
    for garbage in ({}, None, [], "order", {"id": None}):
        with pytest.raises(Malformed):
            platform.read_order(garbage, platform.filled_in({}))
    assert platform.order_in(platform.base_url(SAMPLE_ACCOUNTS[platform.key])) == ""


def test_29_next_orders_are_found_in_addresses_and_read_out_of_what_was_kept() -> None:
    platform = registry.get("next29")
    base = "https://acme-outdoors.29next.store/api/admin/"
    assert platform.order_in(f"{base}fulfillment-orders/80473/") == "80473"
    assert platform.order_in(f"{base}fulfillment-orders/80473/fulfillments/?cursor=1") == "80473"
    for other in (
        "fulfillment-orders/",
        "orders/80473/",
        "fulfillment-orders/x/",
        "locations/31/",
        "stockrecords/5001/",
    ):
        assert platform.order_in(base + other) == ""
    raw = example("fulfillment_order_open_requested.json")
    assert platform.read_order(raw, {}).ref == str(raw["id"])


@all_platforms
def test_its_address_is_https_and_checked(platform: Platform) -> None:
    base_url = platform.base_url(SAMPLE_ACCOUNTS[platform.key])
    assert base_url.startswith("https://")
    assert base_url.endswith("/")
    for account in ("", "evil.example.com", "a/b", "a@b", "a b", "a#", "a?b", "a\\b", "é"):
        with pytest.raises(ValueError, match=r"\w+ \w+"):
            platform.base_url(account)


@all_platforms
def test_its_endpoints_refuse_garbage_in_words(platform: Platform) -> None:
    for endpoint in platform.endpoints.values():
        assert all(name == name.lower() for name in endpoint.kept_headers)
        assert not {"authorization", "cookie"} & endpoint.kept_headers
        message = Inbound({}, b"\x00 not a message")
        with pytest.raises(PlatformError):
            _believe(endpoint, message)


def _believe(endpoint: Endpoint, message: Inbound) -> None:
    endpoint.authenticate(message, Sender("acme-outdoors", "secret"))
    endpoint.read(message)


@all_platforms
def test_its_desk_reads_and_answers_whatever_comes(platform: Platform) -> None:
    """Every operation that is told only when asked has a desk, and garbage is answered in JSON."""
    desk = platform.desk
    asked_there = platform.capabilities.told_when_asked and not platform.served_here
    assert (desk is not None) == asked_there
    if desk is None:
        return
    assert desk.token in {field.name for field in platform.credentials}
    assert {desk.open_by, desk.named_by} <= {option.name for option in platform.options}
    assert not {"authorization", "cookie"} & desk.kept_headers
    assert set(desk.paths.values()) == set(Operation)
    for body in (b"", b"\x00", b"[]", b"{", b'{"a": 1}', b"[" * 100_000):
        with pytest.raises(NotUnderstood) as raised:
            desk.read(next(iter(desk.paths)), Inbound({}, body), platform.filled_in({}))
        assert json.loads(raised.value.reply.body)
        assert json.loads(desk.fail(Inbound({}, body), "It broke.").body)
        assert desk.masked(Inbound({}, body)) is not None


def test_29_next_addresses() -> None:
    base_url = registry.get("next29").base_url
    expected = "https://acme-outdoors.29next.store/api/admin/"
    for account in ("acme-outdoors", "acme-outdoors.29next.store", " Acme-Outdoors.29next.store\n"):
        assert base_url(account) == expected
    for account in (
        "-acme",
        "acme-",
        "a" * 64,
        "acme.evil",
        "29next.store.evil.com",
        "https://acme",
    ):
        with pytest.raises(ValueError, match="is not a 29 Next store"):
            base_url(account)


def test_the_examples_are_those_of_the_manifest() -> None:
    listed = {each["file"] for each in example("_manifest.json")["files"]}
    assert listed <= {path.name for path in examples_of(registry.get("next29"))}
