"""The sandbox's own tables against the published document, so that neither drifts alone."""

import re

import pytest

from sandbox.next29 import words
from sandbox.next29.api.operations import OPERATIONS, Operation
from sandbox.next29.shapes import BODIES, Field, complaints
from tests.sandbox.stage import REQUEST_COMPONENTS, SPEC, example

LATER = {"fulfillmentOrdersSplit"}
PUBLISHED = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in SPEC["paths"].items()
    for method, operation in methods.items()
    if method != "parameters"
}
KNOWN = [operation for operation in OPERATIONS if operation.id not in LATER]
MANIFEST = [
    entry
    for entry in example("_manifest")["files"]
    if entry["direction"] == "request" and isinstance(entry["schema"], str)
]


def schema_of(operation_id: str) -> dict[str, object] | None:
    body = PUBLISHED[operation_id][2].get("requestBody")
    if body is None:
        return None
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found: dict[str, object] = REQUEST_COMPONENTS["schemas"][name]
    return found


def as_published(variable: re.Match[str]) -> str:
    """`<int:event_id>` of the sandbox is `{eventId}` in the document."""
    first, *others = variable[1].split("_")
    return "{" + first + "".join(word.capitalize() for word in others) + "}"


@pytest.mark.parametrize("operation", KNOWN, ids=lambda operation: operation.id)
def test_an_operation_is_where_the_document_has_it(operation: Operation) -> None:
    method, path, published = PUBLISHED[operation.id]
    assert operation.method == method
    assert re.sub(r"<(?:int:)?(\w+)>", as_published, operation.path) == path
    assert list(operation.scopes) == published["security"][0]["oauth2"]


@pytest.mark.parametrize("operation", KNOWN, ids=lambda operation: operation.id)
def test_a_body_has_the_published_fields(operation: Operation) -> None:
    schema = schema_of(operation.id)
    shape = BODIES.get(operation.id, {})
    if schema is None:
        assert shape == {}
        return
    assert set(shape) == set(schema["properties"])  # type: ignore[call-overload]
    required = {name for name, field in shape.items() if field.required}
    assert required == set(schema.get("required", []))  # type: ignore[call-overload]


def test_reasons_are_the_published_ones() -> None:
    schemas = REQUEST_COMPONENTS["schemas"]
    reject = schemas["FulfillmentRequestReject"]["properties"]["rejected_reason"]["enum"]
    assert {*words.REJECTED_REASONS, None} == set(reject)
    assert set(words.HOLD_REASONS) == set(
        schemas["HoldFulfillment"]["properties"]["reason"]["enum"]
    )


def test_carriers_are_the_published_ones_and_eighteen_later_ones() -> None:
    published = REQUEST_COMPONENTS["schemas"]["TrackingInfo"]["properties"]["carrier"]["enum"]
    assert set(published) < words.CARRIERS
    assert len(words.CARRIERS) == 41


def test_there_are_all_countries() -> None:
    assert len(words.COUNTRIES) == 249


SHAPES = {
    "FulfillmentRequestAccept": "fulfillmentRequestAccept",
    "FulfillmentRequestReject": "fulfillmentRequestReject",
    "CancellationRequestAccept": "cancellationRequestAccept",
    "CancellationRequestReject": "cancellationRequestReject",
    "CloseFulfillmentOrder": "fulfillmentOrdersClose",
    "HoldFulfillment": "fulfillmentOrdersHold",
    "CreateFulfillment": "fulfillmentsCreate",
    "MoveFulfillmentOrder": "fulfillmentOrdersMove",
    "FulfillmentRequest": "fulfillmentRequestSend",
    "Location": "locationsCreate",
    "PatchedCreateUpdateStockRecord": "stockrecordsPartialUpdate",
    "Webhook": "webhooksCreate",
    "CreateFulfillmentEvent": "ordersFulfillmentsEventsCreate",
}


@pytest.mark.parametrize(
    "entry",
    [entry for entry in MANIFEST if entry["schema"] in SHAPES],
    ids=lambda entry: entry["file"],
)
def test_every_example_request_is_understood(entry: dict[str, str]) -> None:
    body = example(entry["file"].removesuffix(".json"))
    shape: dict[str, Field] = dict(BODIES[SHAPES[entry["schema"]]])
    assert complaints(body, shape) == {}
    assert set(body) <= set(shape)
