"""The real client against the sandbox's partner warehouse: every call, over HTTP, with faults."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
import requests

from platforms.errors import (
    Forbidden,
    Missing,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.fulfillment_com import FULFILLMENT_COM
from platforms.http import Limits, Transport
from platforms.partner_records import (
    Listed,
    Needs,
    PartnerLine,
    PartnerOrder,
    PartnerState,
    PartnerStock,
    Snag,
)
from platforms.partners import PartnerClient, TooLate
from sandbox import Sandbox, serve
from tests.platforms.fulfillment_com_examples import ORDER, SECRETS

T = TypeVar("T")
NUMBERS = itertools.count(1)
HURRIED = Limits(read_seconds=0.3, total_seconds=0.4)
OPENS = {name.removeprefix("fdc_"): value for name, value in SECRETS.items()}


@dataclass
class Partner:
    """A partner of the sandbox: our account there, and what its staff does."""

    base_url: str
    credentials: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    options: dict[str, Any] = field(default_factory=dict)
    limits: Limits | None = None
    # What a test lets us do that a careful client would not.
    breaks: list[str] = field(default_factory=list)

    @property
    def client(self) -> PartnerClient:
        transport = Transport(self.base_url, limits=self.limits)
        options = FULFILLMENT_COM.filled_in(self.options)
        return FULFILLMENT_COM.connect(self.credentials, transport, options)

    def renew(self) -> None:
        options = FULFILLMENT_COM.filled_in(self.options)
        transport = Transport(self.base_url, limits=self.limits)
        self.credentials |= FULFILLMENT_COM.renew(self.credentials, transport, options)

    def act(self, method: str, path: str, wish: Any = None) -> Any:
        url = self.base_url.removesuffix("v2/") + f"_sandbox/{path}"
        answer = requests.request(method, url, json=wish, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def press(self, order: PartnerOrder, *actions: str, **wish: Any) -> PartnerOrder:
        for action in actions:
            self.act("POST", f"orders/{order.ref}/{action}", wish)
        return self.client.fetch_order(order.ref)

    def settings(self, **wishes: Any) -> None:
        self.act("PUT", "settings", wishes)

    def fault(self, kind: str, operation: str = "*", **wish: Any) -> None:
        self.act("POST", "faults", {"kind": kind, "operation": operation, "times": 1, **wish})

    def effects(self, operation: str) -> list[Any]:
        found: list[Any] = self.act("GET", f"effects?operation={operation}")["effects"]
        return found


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture
def partner(sandbox: Sandbox) -> Iterator[Partner]:
    name = f"savannah-{next(NUMBERS)}"
    wish = {"name": name, **OPENS}
    url = f"{sandbox.url}/fulfillment_com"
    assert requests.post(f"{url}/_sandbox/warehouses", json=wish, timeout=5).ok
    base_url = f"{url}/{name}/v2/"
    partner = Partner(base_url, options={"token_url": f"{base_url}oauth/access_token"})
    partner.settings(calls_per_second=0)
    partner.renew()
    yield partner
    found = partner.act("GET", "violations")["violations"]
    assert [each["violation"] for each in found] == partner.breaks


def all_of(fetch: Callable[[str | None], Listed[T]]) -> list[Any]:
    page = fetch(None)
    found = [*page.entries]
    for _ in range(30):
        if not page.next:
            return found
        page = fetch(page.next)
        found += page.entries
    raise AssertionError("The list never ends.")


def now() -> datetime:
    return datetime.now(UTC)


def test_the_login_opens_the_account(partner: Partner) -> None:
    assert "Its merchant is 50012." in partner.client.check()


@pytest.mark.parametrize("as_form", [False, True])
@pytest.mark.parametrize("path", ["v2/oauth/access_token", "oauth/access_token"])
def test_tokens_of_both_addresses_in_both_forms(partner: Partner, path: str, as_form: bool) -> None:
    home = partner.base_url.removesuffix("v2/")
    partner.options = {"token_url": f"{home}{path}", "token_as_form": as_form}
    first = dict(partner.credentials)
    partner.renew()
    changed = {name for name in first if first[name] != partner.credentials[name]}
    assert {"fdc_access_token", "fdc_refresh_token"} <= changed
    partner.client.check()


@pytest.mark.parametrize("status", [400, 401])
def test_a_refresh_that_is_used_up_falls_back_to_the_login(partner: Partner, status: int) -> None:
    partner.settings(refresh_refused=status)
    partner.act("DELETE", "tokens", {"refresh": True})
    with pytest.raises(Unauthorized):
        partner.client.check()
    partner.renew()
    assert partner.client.check()


def test_a_refresh_whose_answer_is_lost_is_made_good_by_the_login(partner: Partner) -> None:
    partner.fault("drop_after", "post-oauth-access_token")
    with pytest.raises(Unavailable):
        partner.renew()
    partner.renew()
    assert partner.client.check()
    assert len(partner.effects("token")) == 3


def test_an_order_goes_its_way(partner: Partner) -> None:
    order = partner.client.create_order(ORDER)
    assert (order.state, order.snag, order.reference) == (
        PartnerState.WAITING,
        Snag.NONE,
        "NW-10482",
    )
    assert partner.client.find_order("NW-10482") == partner.client.fetch_order(order.ref)
    held = partner.press(order, "stop", code="010302", reason="Balance too low")
    assert (held.snag, held.needs) == (Snag.HOLD, Needs.MERCHANT)
    assert held.upstream_reason == "Balance too low"
    begun = partner.press(order, "approve", "release", "dispatch")
    assert begun.state is PartnerState.WORKING
    assert begun.dispatched_at
    assert len(begun.tracking) == 1
    assert begun.final_tracking == ()
    stopped = partner.press(order, "hold-departure")
    assert (stopped.snag, stopped.variant) == (Snag.STOPPED, 2)
    gone = partner.press(order, "relabel", "depart", carrier="FedEx")
    assert gone.state is PartnerState.SHIPPED
    [final] = gone.final_tracking
    assert final.carrier == "FedEx"
    assert final.number != begun.tracking[0].number
    assert gone.lines == tuple(replace(each, value=Decimal(0)) for each in ORDER.lines)
    back = partner.press(order, "return", restocked=1)
    assert back.state is PartnerState.RETURNED
    assert back.is_closed
    [returned] = all_of(
        lambda page: partner.client.fetch_returns(now() - timedelta(hours=1), now(), page)
    )
    assert (returned.order_ref, returned.reference) == (order.ref, "NW-10482")
    assert [(each.returned, each.restocked) for each in returned.lines] == [(2, 1), (1, 0)]


FAULTS = ["drop_before", "drop_after", "error_500_before", "error_500_after", "empty_after"]


@pytest.mark.parametrize("kind", FAULTS)
def test_an_order_in_doubt_is_asked_for_again_and_is_there_once(
    partner: Partner, kind: str
) -> None:
    """Check 2 of the client: a lost answer, the repeat, the 409, and the order that it names."""
    partner.fault(kind, "post-orders")
    with pytest.raises(Uncertain):
        partner.client.create_order(ORDER)
    found = partner.client.find_order(ORDER.reference)
    adopted = partner.client.create_order(ORDER)
    assert (found is None) is (kind in ("drop_before", "error_500_before"))
    assert found is None or found.ref == adopted.ref
    assert len(partner.effects("create")) == 1
    assert partner.client.create_order(ORDER).ref == adopted.ref
    assert len(partner.effects("create")) == 1


@pytest.mark.parametrize("shape", ["object", "array", "none"])
def test_a_repeat_finds_the_first_order_however_it_is_named(partner: Partner, shape: str) -> None:
    partner.settings(context_shape=shape)
    first = partner.client.create_order(ORDER)
    assert partner.client.create_order(ORDER).ref == first.ref


def test_a_number_that_goes_to_somebody_else_is_not_ours(partner: Partner) -> None:
    other = {
        "merchantOrderId": ORDER.reference,
        "shippingMethod": "Ground",
        "recipient": {
            "firstName": "Bo",
            "lastName": "Lind",
            "address1": "1 Elm",
            "addressLocality": "Reno",
            "addressRegion": "NV",
            "country": "US",
            "phone": "1",
            "email": "bo@example.com",
        },
        "items": [{"sku": "NW-TEA-SET", "quantity": 1, "declaredValue": "1"}],
    }
    partner.act("POST", "orders", other)
    with pytest.raises(Refused, match="goes to another address"):
        partner.client.create_order(ORDER)
    partner.breaks = ["the same number is given to two different orders"]


def test_a_slow_answer_leaves_it_in_doubt_too(partner: Partner) -> None:
    partner.fault("delay_after", "post-orders", seconds=1.0)
    partner.limits = HURRIED
    with pytest.raises(Uncertain):
        partner.client.create_order(ORDER)
    partner.limits = None
    assert partner.client.create_order(ORDER)
    assert len(partner.effects("create")) == 1


def test_faults_of_all_kinds_are_told_apart(partner: Partner) -> None:
    order = partner.client.create_order(ORDER)
    partner.fault("status_429", retry_after="7")
    with pytest.raises(Throttled) as caught:
        partner.client.fetch_order(order.ref)
    assert caught.value.retry_after == 7.0
    for kind, error in {
        "status_401": Unauthorized,
        "status_403": Forbidden,
        "html_404": Missing,
        "status_400": Refused,
        "error_500_before": Unavailable,
        "status_503": Unavailable,
        "drop_before": Unavailable,
    }.items():
        partner.fault(kind, "getOrder")
        with pytest.raises(error):
            partner.client.fetch_order(order.ref)
    partner.fault("html_404", "get-inventory")
    with pytest.raises(Missing):
        partner.client.fetch_inventory()


def test_an_order_is_stopped_until_its_dispatch(partner: Partner) -> None:
    """Check 6 of the client."""
    order = partner.client.create_order(ORDER)
    second = partner.client.create_order(replace(ORDER, reference="NW-2"))
    for _ in range(2):
        assert partner.client.cancel_order(order.ref).is_cancelled
    partner.settings(cancel_twice=405)
    assert partner.client.cancel_order(order.ref).is_cancelled
    partner.press(second, "dispatch")
    with pytest.raises(TooLate):
        partner.client.cancel_order(second.ref)
    with pytest.raises(Missing):
        partner.client.cancel_order("7")


@pytest.mark.parametrize("kind", ["drop_after", "error_500_after", "empty_after"])
def test_a_cancellation_in_doubt_may_be_asked_for_again(partner: Partner, kind: str) -> None:
    order = partner.client.create_order(ORDER)
    partner.fault(kind, "delete-orders-id")
    with pytest.raises(Uncertain):
        partner.client.cancel_order(order.ref)
    assert partner.client.fetch_order(order.ref).is_cancelled
    assert partner.client.cancel_order(order.ref).is_cancelled


@pytest.mark.parametrize("shape", ["envelope", "array", "record"])
def test_a_list_of_orders_in_every_shape(partner: Partner, shape: str) -> None:
    partner.settings(list_shape=shape)
    since = now() - timedelta(minutes=1)
    assert all_of(lambda page: partner.client.fetch_orders(since, now(), page)) == []
    count = 1 if shape == "record" else 5
    for number in range(count):
        partner.client.create_order(replace(ORDER, reference=f"NW-{number}"))
    until = now() + timedelta(minutes=1)
    found = all_of(lambda page: partner.client.fetch_orders(since, until, page))
    assert [each.reference for each in found] == [f"NW-{number}" for number in range(count)]


def test_a_long_list_comes_page_by_page(partner: Partner) -> None:
    partner.settings(most_a_page=2)
    since, until = now() - timedelta(minutes=1), now() + timedelta(minutes=1)
    for number in range(5):
        partner.client.create_order(replace(ORDER, reference=f"NW-{number}"))
    found = all_of(lambda page: partner.client.fetch_orders(since, until, page))
    assert len({each.ref for each in found}) == 5


def test_odd_dates_and_carriers_are_read(partner: Partner) -> None:
    partner.settings(dates="blank", carrier_shape="text")
    order = partner.press(partner.client.create_order(ORDER), "dispatch", "depart")
    assert order.departed_at
    assert abs(now() - order.departed_at) < timedelta(minutes=1)
    assert order.final_tracking[0].carrier == "UPS"


def test_a_code_that_nobody_has_published(partner: Partner) -> None:
    order = partner.client.create_order(ORDER)
    new = partner.press(order, "say", code="029901")
    assert (new.state, new.upstream_code) == (PartnerState.WORKING, "029901")
    strange = partner.press(order, "say", code="770101")
    assert (strange.state, strange.snag) == (PartnerState.UNKNOWN, Snag.UNKNOWN)
    assert strange.upstream_status == "Something New: Not In The Table: Not Published"
    test = partner.press(order, "test")
    assert test.state is PartnerState.TEST


def test_stock_is_of_everything_or_of_one_building(partner: Partner) -> None:
    partner.client.create_order(ORDER)

    def levels() -> dict[str, tuple[int | None, int | None]]:
        found = all_of(partner.client.fetch_inventory)
        assert all(isinstance(each, PartnerStock) for each in found)
        return {each.sku: (each.available, each.on_hand) for each in found}

    assert levels()["NW-MUG-BLUE"] == (116, 118)
    partner.settings(most_a_page=2)
    assert len(levels()) == 3
    partner.options["warehouse_id"] = "5"
    assert levels()["NW-MUG-BLUE"] == (18, None)
    partner.act("DELETE", "stock")
    assert levels() == {}
    partner.settings(shows_inventory=False)
    with pytest.raises(Forbidden):
        partner.client.fetch_inventory()


def test_an_order_goes_to_the_building_that_is_set(partner: Partner) -> None:
    partner.options["warehouse_id"] = "5"
    much = replace(ORDER, lines=(PartnerLine("NW-TEA-SET", 19),))
    assert partner.client.create_order(much).snag is Snag.OUT_OF_STOCK


def test_one_login_of_several_merchants_says_which(partner: Partner) -> None:
    partner.act("POST", "merchants", {"id": 50013})
    with pytest.raises(Refused, match="merchantId is needed"):
        partner.client.create_order(ORDER)
    partner.options["merchant_id"] = "50013"
    made = partner.client.create_order(ORDER)
    found = partner.client.find_order(ORDER.reference)
    assert found is not None
    assert found.ref == made.ref
    partner.options["merchant_id"] = "50012"
    assert partner.client.find_order(ORDER.reference) is None


def test_what_is_not_acceptable_says_which_field(partner: Partner) -> None:
    partner.options["warehouse_id"] = "99"
    with pytest.raises(Refused, match=r"warehouse\.id: is not known"):
        partner.client.create_order(ORDER)
    assert partner.effects("create") == []


def test_too_many_calls_wait_and_change_nothing(partner: Partner) -> None:
    partner.settings(calls_per_second=2)
    refused = 0
    for _ in range(5):
        try:
            partner.client.create_order(ORDER)
        except Throttled:
            refused += 1
    assert refused
    assert len(partner.effects("create")) == 1
