"""What a platform's published document says against a request that was sent."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from tests.platforms.contract import CONTRACTS
from tests.platforms.tiny_server import Asked

# What stands before the paths of the document in an address.
BASE_PATHS = {"next29": "/api/admin", "haravan": "/api/admin", "fulfillment_com": "/v2"}


def request_problems(key: str, asked: Asked) -> list[str]:
    """Each thing that the document of platform `key` does not allow; none where all is right."""
    operation = _operation(key, asked)
    if operation is None:
        return [f"{asked.method} {asked.path} is not in the document."]
    parameters = [_resolved(key, each) for each in operation.get("parameters", [])]
    known = {each["name"] for each in parameters if each["in"] == "query"}
    problems = [f"no parameter {name}" for name in set(_query(asked)) - known]
    problems += [
        f"no header {each['name']}"
        for each in parameters
        if each["in"] == "header"
        and each.get("required")
        and each["name"].lower() not in asked.headers
    ]
    return problems + list(_body_problems(key, operation, asked))


def _body_problems(key: str, operation: dict[str, Any], asked: Asked) -> Iterator[str]:
    published = operation.get("requestBody")
    if published is None:
        if asked.body:
            yield "no body is expected"
        return
    document = {
        **published["content"]["application/json"]["schema"],
        "components": _components(key),
    }
    checker = Draft202012Validator(document, format_checker=FormatChecker())
    yield from (f"{error.json_path}: {error.message}" for error in checker.iter_errors(asked.json))


def _operation(key: str, asked: Asked) -> dict[str, Any] | None:
    path = urlsplit(asked.path).path.removeprefix(BASE_PATHS.get(key, ""))
    for template, operations in _document(key)["paths"].items():
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path):
            found: dict[str, Any] | None = operations.get(asked.method.lower())
            return found
    return None


def _resolved(key: str, parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter that stands in one place, for several operations."""
    named = parameter.get("$ref", "").rpartition("/")[2]
    known = _document(key)["components"].get("parameters", {})
    found: dict[str, Any] = known.get(named, parameter)
    return found


def _query(asked: Asked) -> dict[str, list[str]]:
    return parse_qs(urlsplit(asked.path).query)


@cache
def _document(key: str) -> Any:
    return json.loads((CONTRACTS / key / "openapi.json").read_text(encoding="utf-8"))


@cache
def _components(key: str) -> Any:
    """The schemas as a request may be: closed, and without what only an answer carries."""
    return _for_requests(copy.deepcopy(_document(key)["components"]))


def _for_requests(node: Any) -> Any:
    if isinstance(node, dict):
        if node.get("nullable") and isinstance(node.get("type"), str):
            # Version 3.0 of the documents says so what JSON Schema says by a type.
            node["type"] = [node["type"], "null"]
        properties = node.get("properties")
        # A field may be called "properties" itself; then these are no schemas.
        if isinstance(properties, dict) and all(isinstance(x, dict) for x in properties.values()):
            gone = {name for name, each in properties.items() if each.get("readOnly")}
            node["properties"] = {k: v for k, v in properties.items() if k not in gone}
            node["required"] = [name for name in node.get("required", []) if name not in gone]
            node["additionalProperties"] = False
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _for_requests(each)
    return node
