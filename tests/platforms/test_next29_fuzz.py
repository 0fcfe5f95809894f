"""Any JSON in: a record, or Malformed or Unreadable out, and nothing else."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.errors import Malformed
from platforms.exchange import Answer
from platforms.masks import Mask
from platforms.next29.orders import read_order, read_shipping_method
from platforms.next29.sentences import MAX_SENTENCE, read_sentence
from platforms.next29.shipping import read_fulfillment, read_location, read_webhook
from platforms.next29.stock_records import read_stock_entry
from platforms.next29.tracking import read_tracking_event
from platforms.next29.wire import read_fulfillment_order, read_listing, read_page
from platforms.values import read_count, read_id, read_instant, read_text, read_whole
from tests.platforms.contract import example

READERS = (
    read_fulfillment_order,
    read_page,
    read_listing,
    read_fulfillment,
    read_location,
    read_webhook,
    read_order,
    read_shipping_method,
    read_tracking_event,
    read_stock_entry,
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["3", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59", "²", "[1"])
    | st.datetimes().map(lambda instant: instant.isoformat() + "Z")
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
ORDER = example("assigned_fulfillment_orders_page1.json")["results"][0]
SHIPMENT = example("fulfillment_create.response.json")
STOCK = example("stockrecord_patch.response.json")


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a payload."""
    if isinstance(value, dict):
        return [path, *(p for name, each in value.items() for p in paths(each, (*path, name)))]
    if isinstance(value, list):
        return [path, *(p for n, each in enumerate(value) for p in paths(each, (*path, n)))]
    return [path]


def changed(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """The payload with one place replaced."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("read", READERS, ids=lambda each: each.__name__)
@given(payload=JSON)
def test_any_json(read: Callable[[Any], object], payload: Any) -> None:
    with contextlib.suppress(Malformed):
        read(payload)


@given(path=st.sampled_from(paths(ORDER)), new=JSON)
def test_any_value_anywhere_in_an_order(path: tuple[str | int, ...], new: Any) -> None:
    page = read_page({"results": [changed(ORDER, path, new)]})
    assert len(page.records) == 1


@given(path=st.sampled_from(paths(SHIPMENT)), new=JSON)
def test_any_value_anywhere_in_a_shipment(path: tuple[str | int, ...], new: Any) -> None:
    try:
        shipment = read_fulfillment(changed(SHIPMENT, path, new))
    except Malformed:
        return
    assert all(isinstance(units, int) and units >= 0 for units in shipment.quantities.values())


@given(path=st.sampled_from(paths(STOCK)), new=JSON)
def test_any_value_anywhere_in_a_stock_record(path: tuple[str | int, ...], new: Any) -> None:
    try:
        entry = read_stock_entry(changed(STOCK, path, new))
    except Malformed:
        return
    assert entry.ref.isdigit()
    assert entry.location_ref.isdigit()
    assert entry.level is None or isinstance(entry.level, int)


@given(value=JSON)
def test_single_values_never_raise(value: Any) -> None:
    count, whole, instant = read_count(value), read_whole(value), read_instant(value)
    assert isinstance(read_text(value), str)
    assert read_id(value) == "" or read_id(value).isdigit()
    assert count is None or 0 <= count < 2**31
    assert whole is None or -(2**31) < whole < 2**31
    assert instant is None or instant.tzinfo is not None


@given(payload=JSON)
def test_any_error_body_is_a_short_sentence(payload: Any) -> None:
    answer = Answer(400, {}, "", payload)
    assert len(read_sentence(answer)) <= MAX_SENTENCE + 1


@given(text=st.text())
def test_any_error_text_is_a_short_sentence(text: str) -> None:
    assert len(read_sentence(Answer(500, {}, text, None))) <= MAX_SENTENCE + 1


@given(payload=JSON, text=st.text())
def test_masking_never_raises(payload: Any, text: str) -> None:
    mask = Mask({"Authorization": "Bearer secret-token"}, payload)
    assert len(mask.excerpt(text, mask.json(payload))) <= 2000
