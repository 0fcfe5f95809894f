"""What the tests of a fake Haravan shop hold in their hands; every answer is held against the
published document."""

import copy
import itertools
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import requests
from jsonschema import Draft202012Validator

from sandbox import Sandbox

NUMBERS = itertools.count(1)
CONTRACT = Path(__file__).resolve().parents[2] / "contracts" / "haravan"
SPEC = json.loads((CONTRACT / "openapi.json").read_text(encoding="utf-8"))
HTTP = requests.Session()
HTTP.trust_env = False


def example(name: str) -> Any:
    return json.loads((CONTRACT / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def with_nulls(node: Any) -> Any:
    """The schema as JSON Schema has it: what may be null says so by its type."""
    if isinstance(node, dict):
        if node.get("nullable") and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        elif node.get("nullable") and "oneOf" in node:
            node["oneOf"] = [*node["oneOf"], {"type": "null"}]
        elif node.get("nullable") and "allOf" in node:
            node["anyOf"] = [{"allOf": node.pop("allOf")}, {"type": "null"}]
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        with_nulls(each)
    return node


COMPONENTS = with_nulls(copy.deepcopy(SPEC["components"]))


def problems(schema: dict[str, Any], body: object) -> list[str]:
    checker = Draft202012Validator({**schema, "components": COMPONENTS})
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(body)]


@cache
def published(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in SPEC["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    return None


def assert_as_published(method: str, path: str, answer: requests.Response) -> None:
    operation = published(method, path)
    assert operation is not None, f"{method} {path} is not in the document"
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, f"{method} {path} does not answer {answer.status_code}"
    content = said.get("content") or {}
    if answer.ok and content:
        assert problems(content["application/json"]["schema"], answer.json()) == []


@dataclass
class Shop:
    """One shop of the sandbox: an app's side, and the merchant's."""

    url: str
    name: str
    token: str
    org_id: int
    world: Any

    def call(
        self, method: str, path: str, body: object = None, **options: Any
    ) -> requests.Response:
        """Call as an app does: without cookies, and with a body where something is changed."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        body = {} if body is None and method != "GET" else body
        HTTP.cookies.clear()
        return HTTP.request(
            method, f"{self.url}{path}", json=body, headers=headers, timeout=5, **options
        )

    def good(self, method: str, path: str, body: object = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.ok, f"{answer.status_code} {answer.text}"
        assert_as_published(method, path.partition("?")[0], answer)
        return answer.json()

    def get(self, path: str) -> Any:
        return self.good("GET", path)

    def control(self, method: str, path: str, body: object = None, expect: int = 200) -> Any:
        answer = HTTP.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=10)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def settings(self, **wishes: object) -> None:
        self.control("PUT", "settings", wishes)

    def place(self, **wish: object) -> dict[str, Any]:
        found: dict[str, Any] = self.control("POST", "orders", wish)["orders"][0]
        return found

    def press(self, order: dict[str, Any], action: str, **wish: object) -> dict[str, Any]:
        found: dict[str, Any] = self.control("POST", f"orders/{order['id']}/{action}", wish)
        return found

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/com/orders/{order['id']}.json")["order"]
        return found

    def violations(self) -> list[str]:
        found = self.control("GET", "violations")["violations"]
        return [each["violation"] for each in found]


def open_shop(sandbox: Sandbox, *scopes: str) -> Shop:
    name = f"shop-{next(NUMBERS)}"
    wish: dict[str, object] = {"name": name, "token": f"token-of-{name}"}
    if scopes:
        wish["scopes"] = scopes
    answer = HTTP.post(f"{sandbox.url}/haravan/_sandbox/stores", json=wish, timeout=5)
    assert answer.status_code == 201, answer.text
    shop = Shop(
        f"{sandbox.url}/haravan/{name}",
        name,
        f"token-of-{name}",
        answer.json()["org_id"],
        sandbox.world,
    )
    shop.settings(bucket_size=0)
    return shop
