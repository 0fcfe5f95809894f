"""Which call is legal in which state: the table of the contract, cell by cell."""

import pytest

from sandbox import Sandbox
from tests.sandbox.stage import Stage, open_store

# Y: legal. 4: refused. The contract's unknown cells are refused too, and what it forbids to a
# service although the platform would do it (fulfilling before accepting) is done.
COLUMNS = (
    "open_pending",
    "open_requested",
    "open_rejected",
    "accepted",
    "cancel_requested",
    "cancel_rejected",
    "cancel_accepted",
    "closed",
    "incomplete",
    "on_hold",
)
TABLE = {
    "fulfillment-request/accept": "4Y44444444",
    "fulfillment-request/reject": "4Y44444444",
    "cancellation-request/accept": "4444Y44444",
    "cancellation-request/reject": "4444Y44444",
    "fulfillments": "YYYYYY4444",
    "close": "444Y4Y4444",
    "hold": "Y4Y444Y444",
    "release-hold": "444444444Y",
    "move": "YYY444Y444",
    "split": "YYYY444444",
    "cancel": "YYY4444444",
    "fulfillment-request": "Y4Y444Y444",
    "fulfillment-request/cancel": "4Y44444444",
    "cancellation-request": "444Y4Y4444",
    "cancellation-request/cancel": "4444Y44444",
}
PATHS: dict[str, tuple[str, ...]] = {
    "open_pending": (),
    "open_requested": ("request",),
    "open_rejected": ("request", "reject"),
    "accepted": ("request", "accept"),
    "cancel_requested": ("request", "accept", "ask-cancel"),
    "cancel_rejected": ("request", "accept", "ask-cancel", "reject-cancellation"),
    "cancel_accepted": ("request", "accept", "ask-cancel", "accept-cancellation"),
    "closed": ("request", "accept", "fulfil-by-hand"),
    "incomplete": ("request", "accept", "close"),
    "on_hold": ("hold",),
}
STATES = {
    "open_pending": ("open", "pending"),
    "open_requested": ("open", "requested"),
    "open_rejected": ("open", "rejected"),
    "accepted": ("processing", "accepted"),
    "cancel_requested": ("processing", "cancel_requested"),
    "cancel_rejected": ("processing", "cancel_rejected"),
    "cancel_accepted": ("canceled", "cancel_accepted"),
    "closed": ("closed", "closed"),
    "incomplete": ("incomplete", "closed"),
    "on_hold": ("on_hold", "pending"),
}
OUR_STEPS = {
    "accept": "fulfillment-request/accept",
    "reject": "fulfillment-request/reject",
    "accept-cancellation": "cancellation-request/accept",
    "reject-cancellation": "cancellation-request/reject",
    "close": "close",
}
BECOMES = {
    "fulfillment-request/accept": ("processing", "accepted"),
    "fulfillment-request/reject": ("open", "rejected"),
    "cancellation-request/accept": ("canceled", "cancel_accepted"),
    "cancellation-request/reject": ("processing", "cancel_rejected"),
    "fulfillments": ("closed", "closed"),
    "close": ("incomplete", "closed"),
    "release-hold": ("open", "pending"),
    "move": ("closed", "closed"),
    "cancel": ("canceled", "pending"),
    "fulfillment-request": ("open", "requested"),
    "fulfillment-request/cancel": ("open", "pending"),
    "cancellation-request": ("processing", "cancel_requested"),
    "cancellation-request/cancel": ("processing", "accepted"),
}
CELLS = [
    pytest.param(call, column, mark == "Y", id=f"{call}-{column}")
    for call, marks in TABLE.items()
    for column, mark in zip(COLUMNS, marks, strict=True)
]


@pytest.fixture(scope="module")
def shared(sandbox: Sandbox) -> Stage:
    """One store for the whole table: each cell has an order of its own."""
    stage = open_store(sandbox)
    stage.location()
    stage.control("POST", "locations", {"name": "Harrisburg"})
    return stage


def bring_to(store: Stage, column: str) -> int:
    lines = [{"sku": "MUG-ENM", "quantity": 3}]
    order_id = store.place(request=False, lines=lines)
    for step in PATHS[column]:
        if step in OUR_STEPS:
            assert store.service.step(order_id, OUR_STEPS[step]).status_code == 200
        else:
            store.press(order_id, step)
    return order_id


def body_for(store: Stage, call: str, order_id: int) -> dict[str, object]:
    if call == "hold":
        return {"reason": "out_of_stock"}
    if call == "move":
        return {"new_location_id": 32}
    if call == "split":
        line = store.service.order(order_id)["line_items"][0]
        return {"fulfillment_order_line_items": [{"id": line["id"], "quantity": 1}]}
    return {}


@pytest.mark.parametrize(("call", "column", "legal"), CELLS)
def test_a_call_is_legal_exactly_where_the_contract_says(
    shared: Stage, call: str, column: str, legal: bool
) -> None:
    order_id = bring_to(shared, column)
    answer = shared.service.step(order_id, call, body_for(shared, call, order_id))
    if legal:
        assert answer.ok, answer.text
        held = ("on_hold", STATES[column][1])
        wanted = held if call == "hold" else BECOMES.get(call, STATES[column])
        assert shared.service.state(order_id) == wanted
    else:
        assert (answer.status_code, answer.json()) == (400, {"action": ["Not allowed"]})
        assert shared.service.state(order_id) == STATES[column]


@pytest.mark.parametrize("column", COLUMNS)
def test_an_order_names_the_actions_it_supports(shared: Stage, column: str) -> None:
    order = shared.service.order(bring_to(shared, column))
    names = {
        "create_fulfillment": "fulfillments",
        "hold_fulfillment": "hold",
        "move": "move",
        "cancel_fulfillment_order": "cancel",
        "split": "split",
    }
    where = COLUMNS.index(column)
    legal = [name for name, call in names.items() if TABLE[call][where] == "Y"]
    assert order["supported_actions"] == legal
