"""Our OpenAPI document agrees with the contract's, operation by operation and node by node."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from api.document import document
from tests.api.caller import DOCUMENT, body
from tests.spree_hub import _with_null as with_null

OURS, THEIRS = document(), DOCUMENT
METHODS = ("get", "post", "put", "delete")
# What an answer of ours never has: where a user lives, the user's key, and places of parcels.
LEFT_OUT = {
    "UserContactV2": {"apiKey", "deptLeader", "contactInfo", "updatedBy"},
    "TrackByQueryResponseV2": {"origin", "destination"},
    "TrackedEventV2": {"eventLocation"},
    "TrackByQueryResponseV2.trackedEvents[]": {"eventLocation"},
}
ABSENT = {"GeoFeature", "GeoGeometry"}


def operations(made: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, item in made["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


EACH = pytest.mark.parametrize(
    "place", sorted(operations(THEIRS)), ids=lambda place: f"{place[0]} {place[1]}"
)


def resolved(made: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, also one that stands in an `allOf` of its own."""
    if len(node.get("allOf", ())) == 1:
        node = {**node["allOf"][0], **{k: v for k, v in node.items() if k != "allOf"}}
    if "$ref" not in node:
        return node
    found: dict[str, Any] = made
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return {**resolved(made, found), **{k: v for k, v in node.items() if k == "nullable"}}


def test_it_has_the_operations_of_the_contract_and_no_other() -> None:
    assert operations(OURS).keys() == operations(THEIRS).keys()
    ids = {place: each["operationId"] for place, each in operations(OURS).items()}
    assert ids == {place: each["operationId"] for place, each in operations(THEIRS).items()}


@EACH
def test_an_operation_takes_the_same_parameters(place: tuple[str, str]) -> None:
    def taken(made: dict[str, Any]) -> dict[Any, Any]:
        given = [resolved(made, each) for each in operations(made)[place].get("parameters", ())]
        return {
            (each["name"], each["in"]): (
                bool(each.get("required")),
                each["schema"].get("type"),
                each["schema"].get("items", {}),
                each.get("explode", True),
                each["schema"].get("maximum") if each["in"] == "query" else None,
            )
            for each in given
        }

    assert taken(OURS) == taken(THEIRS)


@EACH
def test_an_operation_has_the_same_answers(place: tuple[str, str]) -> None:
    def said(made: dict[str, Any]) -> dict[str, Any]:
        return {
            status: each["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            for status, each in operations(made)[place]["responses"].items()
        }

    assert said(OURS) == said(THEIRS)


@EACH
def test_an_operation_takes_the_same_body(place: tuple[str, str]) -> None:
    def body(made: dict[str, Any]) -> Any:
        content = operations(made)[place].get("requestBody", {}).get("content", {})
        return {kind: each["schema"]["$ref"].rpartition("/")[2] for kind, each in content.items()}

    assert body(OURS) == body(THEIRS)


@EACH
def test_an_operation_asks_for_the_same_proof(place: tuple[str, str]) -> None:
    def proof(made: dict[str, Any]) -> list[Any]:
        return sorted(map(str, operations(made)[place].get("security", [])))

    assert proof(OURS) == proof(THEIRS)


@pytest.mark.parametrize("name", sorted(set(THEIRS["components"]["schemas"]) - ABSENT))
def test_an_object_has_the_same_nodes(name: str) -> None:
    theirs = THEIRS["components"]["schemas"][name]
    ours = OURS["components"]["schemas"][name]
    assert not list(differences(ours, theirs, name)), list(differences(ours, theirs, name))


def differences(ours: dict[str, Any], theirs: dict[str, Any], path: str) -> Iterator[str]:
    """Where two schemas allow different things."""
    ours, theirs = resolved(OURS, ours), resolved(THEIRS, theirs)
    if "oneOf" in theirs or "anyOf" in theirs:
        return
    if ours.get("type") != theirs.get("type"):
        yield f"{path}: {ours.get('type')} is not {theirs.get('type')}"
    if bool(ours.get("nullable")) != bool(theirs.get("nullable")):
        yield f"{path}: nullable"
    for name in ("pattern", "minLength", "minItems", "enum"):
        if name in theirs and ours.get(name) != theirs[name] and name != "enum":
            yield f"{path}: {name} is {ours.get(name)}, not {theirs[name]}"
    if set(ours.get("enum", ())) != set(theirs.get("enum", ())):
        yield f"{path}: other values"
    left_out = LEFT_OUT.get(path, set())
    here, there = ours.get("properties", {}), theirs.get("properties", {})
    if there.keys() - here.keys() != left_out or here.keys() - there.keys():
        yield f"{path}: other nodes: {sorted(here.keys() ^ there.keys())}"
    if set(ours.get("required", ())) != set(theirs.get("required", ())):
        yield f"{path}: others are needed: {ours.get('required')}, {theirs.get('required')}"
    for node in here.keys() & there.keys():
        yield from differences(here[node], there[node], f"{path}.{node}")
    if "items" in theirs:
        yield from differences(ours.get("items", {}), theirs["items"], f"{path}[]")


def nullable_references(node: Any) -> Any:
    """Say in JSON Schema that what refers to an object may be null."""
    if isinstance(node, list):
        return [nullable_references(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: nullable_references(each) for name, each in node.items()}
    if made.get("nullable") is True and "allOf" in made:
        return {"anyOf": [*made["allOf"], {"type": "null"}]}
    return made


@pytest.mark.parametrize("listed", body("index"), ids=lambda each: each["file"])
def test_every_example_of_the_contract_is_one_of_our_document_too(listed: dict[str, Any]) -> None:
    components = with_null(nullable_references(json.loads(json.dumps(OURS["components"]))))
    document = {"$ref": f"#/components/schemas/{listed['schema']}", "components": components}
    example = body(listed["file"].removesuffix(".json"))
    problems = [error.message for error in Draft202012Validator(document).iter_errors(example)]
    assert not problems


def test_it_is_served_for_programs_and_for_people(db: None) -> None:
    client = Client()
    assert client.get("/v2/openapi.json").json() == OURS
    page = client.get("/v2/docs")
    assert page.status_code == 200
    text = page.content.decode()
    for method, path in operations(OURS):
        assert f"{method.upper()} /v2{path}" in text
    assert "https://" not in text.replace('href="https://', "")
    assert "<script" not in text
