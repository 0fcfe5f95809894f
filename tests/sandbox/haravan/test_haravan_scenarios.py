"""The contract's step-by-step tables, and the rules beside them (contract haravan, section 8)."""

from typing import Any

import pytest

from tests.sandbox.haravan.stage import Shop, assert_as_published, example

TABLE = example("fulfillment_scenarios")
EXTERNAL = "kho-sao-mai"
NOTHING = {"live": "notfulfilled", "classic": None}


def lines_of(scenario: dict[str, Any]) -> list[dict[str, Any]]:
    external = scenario.get("external_lines", [])
    return [
        {**line, "service": EXTERNAL if line["id"] in external else "manual"}
        for line in TABLE["order"]["lines"]
    ]


def shown(order: dict[str, Any], dialect: str) -> dict[str, Any]:
    """An order as the table writes it: null for what is not fulfilled."""

    def word(value: Any) -> Any:
        return None if value == NOTHING[dialect] else value

    return {
        "fulfillment_status": word(order["fulfillment_status"]),
        "lines": [
            {
                "line_id": line["id"],
                "fulfillment_status": word(line["fulfillment_status"]),
                "fulfillable_quantity": line["fulfillable_quantity"],
            }
            for line in order["line_items"]
        ],
    }


def take(shop: Shop, order: dict[str, Any], step: dict[str, Any], last: int) -> Any:
    base = f"/com/orders/{order['id']}/fulfillments"
    if step["call"] == "create":
        path, body = f"{base}.json", {"fulfillment": step["body"]}
    else:
        path, body = f"{base}/{last}/{step['call']}.json", {}
    answer = shop.call("POST", path, body)
    assert answer.status_code == step["status"], answer.text
    assert_as_published("POST", path, answer)
    return answer.json()


@pytest.mark.parametrize("dialect", ["live", "classic"])
@pytest.mark.parametrize("scenario", TABLE["scenarios"], ids=lambda each: each["name"])
def test_every_scenario_of_the_contract(shop: Shop, scenario: dict[str, Any], dialect: str) -> None:
    shop.settings(dialect=dialect)
    order = shop.place(id=TABLE["order"]["id"], lines=lines_of(scenario))
    last = 0
    for step in scenario["steps"]:
        before = shop.order(order)
        said = take(shop, order, step, last)
        after = shop.order(order)
        if step["order"] == "unchanged":
            assert after == before
            continue
        made = said["fulfillment"]
        last = made["id"]
        assert made["status"] == step["fulfillment_status"]
        if "units" in step:
            units = {str(line["id"]): line["quantity"] for line in made["line_items"]}
            assert units == step["units"]
        assert shown(after, dialect) == step["order"]


CREATES = sorted(
    entry["file"].removesuffix(".request.json")
    for entry in example("index")["examples"]
    if entry["file"].startswith("fulfillment_create_") and entry["kind"] == "request"
)
FOLLOWS = {
    "fulfillment_create_rest_after_partial": [{"id": 1820450102, "quantity": 1}],
    "fulfillment_create_second_partial_completes_line": [{"id": 1820450102, "quantity": 1}],
}
SAID = (
    "status",
    "service",
    "tracking_company",
    "tracking_number",
    "tracking_numbers",
    "tracking_url",
    "tracking_urls",
)


@pytest.mark.parametrize("name", CREATES)
def test_every_request_of_the_contract_gets_its_answer(shop: Shop, name: str) -> None:
    shop.settings(dialect="classic")
    expected = example(f"{name}.response")["fulfillment"]
    external = [expected["line_items"][0]["id"]] if "external" in name else []
    order = shop.place(lines=lines_of({"external_lines": external}))
    path = f"/com/orders/{order['id']}/fulfillments.json"
    if name in FOLLOWS:
        shop.good("POST", path, {"fulfillment": {"line_items": FOLLOWS[name]}})
    made = shop.good("POST", path, example(f"{name}.request"))["fulfillment"]
    assert {key: made[key] for key in SAID} == {key: expected[key] for key in SAID}
    for key in ("id", "quantity", "fulfillment_status", "fulfillable_quantity", "sku"):
        assert [x[key] for x in made["line_items"]] == [x[key] for x in expected["line_items"]]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"id": 1820450101}, {"id": 1820450101}],
        [{}],
        ["x"],
        [{"id": 1820450101, "quantity": "2"}],
    ],
)
def test_what_is_refused_changes_nothing(shop: Shop, lines: list[Any]) -> None:
    order = shop.place(lines=TABLE["order"]["lines"])
    path = f"/com/orders/{order['id']}/fulfillments.json"
    before = shop.order(order)
    assert shop.call("POST", path, {"fulfillment": {"line_items": lines}}).status_code == 422
    assert shop.order(order) == before
    assert shop.call("POST", path, {"line_items": lines}).status_code == 400
    assert (
        shop.call("POST", "/com/orders/7/fulfillments.json", {"fulfillment": {}}).status_code == 404
    )


def test_a_cancelled_order_ships_nothing_and_still_says_fulfilled(shop: Shop) -> None:
    order = shop.place(lines=TABLE["order"]["lines"])
    path = f"/com/orders/{order['id']}/fulfillments.json"
    shop.good("POST", path, {"fulfillment": {"tracking_number": "A1"}})
    cancelled = shop.press(order, "cancel", reason="customer", restock=True)
    assert (cancelled["cancelled_status"], cancelled["fulfillment_status"]) == (
        "cancelled",
        "fulfilled",
    )
    [made] = cancelled["fulfillments"]
    assert (made["status"], made["carrier_status_code"]) == ("success", "cancel")
    assert {line["fulfillment_status"] for line in made["line_items"]} == {"Nhập kho"}
    assert {line["fulfillment_status"] for line in cancelled["line_items"]} == {"restock"}
    assert shop.call("POST", path, {"fulfillment": {}}).status_code == 422


def test_the_same_request_twice_ships_twice(shop: Shop) -> None:
    order = shop.place(lines=TABLE["order"]["lines"])
    path = f"/com/orders/{order['id']}/fulfillments.json"
    body = {
        "fulfillment": {"tracking_number": "A1", "line_items": [{"id": 1820450102, "quantity": 2}]}
    }
    shop.good("POST", path, body)
    shop.good("POST", path, body)
    assert shop.get(f"/com/orders/{order['id']}/fulfillments/count.json") == {"count": 2}
    assert shop.order(order)["line_items"][1]["fulfillable_quantity"] == 0


def pending(shop: Shop) -> tuple[dict[str, Any], str]:
    order = shop.place(lines=[{"sku": "GM-CUP-08", "quantity": 2, "service": EXTERNAL}])
    path = f"/com/orders/{order['id']}/fulfillments"
    made = shop.good("POST", f"{path}.json", {"fulfillment": {"tracking_number": "A1"}})
    return order, f"{path}/{made['fulfillment']['id']}"


@pytest.mark.parametrize("stale", [False, True])
def test_a_cancelled_fulfillment_may_say_what_is_not_so_any_more(shop: Shop, stale: bool) -> None:
    shop.settings(stale_lines=stale)
    order, path = pending(shop)
    made = shop.good("POST", f"{path}/cancel.json")["fulfillment"]
    assert made["line_items"][0]["fulfillable_quantity"] == (0 if stale else 2)
    assert shop.order(order)["line_items"][0]["fulfillable_quantity"] == 2
    refused = shop.call("PUT", f"{path}.json", {"fulfillment": {"tracking_number": "B"}})
    assert refused.status_code == 422


@pytest.mark.parametrize("status", [404, 405])
def test_a_shop_may_have_no_complete_and_no_cancel(shop: Shop, status: int) -> None:
    shop.settings(ending_status=status)
    _, path = pending(shop)
    for step in ("complete", "cancel"):
        answer = shop.call("POST", f"{path}/{step}.json")
        assert answer.status_code == status
    assert shop.get(f"{path}.json")["fulfillment"]["status"] == "pending"


@pytest.mark.parametrize(
    ("word", "left"), [("open", 0), ("error", 2), ("failure", 2), ("success", 0)]
)
def test_what_an_external_service_makes_of_it(shop: Shop, word: str, left: int) -> None:
    order, path = pending(shop)
    shop.press(order, "service", word=word)
    assert shop.get(f"{path}.json")["fulfillment"]["status"] == word
    assert shop.order(order)["line_items"][0]["fulfillable_quantity"] == left


def test_tracking_falls_back_to_what_is_usual(shop: Shop) -> None:
    _, path = pending(shop)
    body = {"fulfillment": {"tracking_number": "B 2"}}
    made = shop.good("PUT", f"{path}.json", body)["fulfillment"]
    assert made["tracking_company"] == "Other"
    assert made["tracking_url"] == "http://www.google.com/search?q=B%202"
    assert made["status"] == "pending"
