"""What the tests of a fake partner hold in their hands; every answer is held to the contract."""

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
CONTRACT = Path(__file__).resolve().parents[2] / "contracts" / "fulfillment_com"
SPEC = json.loads((CONTRACT / "openapi.json").read_text(encoding="utf-8"))
HTTP = requests.Session()
HTTP.trust_env = False
CLIENT = {"client_id": "client-1", "client_secret": "client-secret-1"}
LOGIN = {"username": "we@provider.example", "password": "a good password"}


def example(name: str) -> Any:
    return json.loads((CONTRACT / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def as_json_schema(node: Any) -> Any:
    """What may be null says so by its type, which version 3.0 of the documents does not."""
    if isinstance(node, dict):
        if node.get("nullable") and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        elif node.get("nullable") and "allOf" in node:
            node["anyOf"] = [{"allOf": node.pop("allOf")}, {"type": "null"}]
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        as_json_schema(each)
    return node


COMPONENTS = as_json_schema(copy.deepcopy(SPEC["components"]))


def problems(schema: dict[str, Any], body: object) -> list[str]:
    checker = Draft202012Validator({**schema, "components": COMPONENTS})
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(body)]


@cache
def published(method: str, path: str) -> dict[str, Any] | None:
    # A path without variables goes before one that has some.
    for template in sorted(SPEC["paths"], key=lambda each: each.count("{")):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in SPEC["paths"][template]:
            found: dict[str, Any] = SPEC["paths"][template][method.lower()]
            return found
    return None


def assert_as_published(method: str, path: str, answer: requests.Response) -> None:
    operation = published(method, path)
    assert operation is not None, f"{method} {path} is not in the document"
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, f"{method} {path} does not answer {answer.status_code}"
    content = said.get("content") or {}
    if content:
        assert problems(content["application/json"]["schema"], answer.json()) == []


@dataclass
class Partner:
    """One warehouse of the sandbox: a merchant's side, and the staff's."""

    url: str
    name: str
    token: str = ""

    def login(self, **wish: str) -> dict[str, Any]:
        answer = self.ask_for_tokens(
            json={**CLIENT, **LOGIN, "grant_type": "password", "scope": "oms", **wish}
        )
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        self.token = found["access_token"]
        return found

    def ask_for_tokens(self, path: str = "/v2/oauth/access_token", **how: Any) -> requests.Response:
        answer = HTTP.post(f"{self.url}{path}", timeout=5, **how)
        assert_as_published("POST", "/oauth/access_token", answer)
        return answer

    def call(self, method: str, path: str, body: object = None, **how: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        answer = HTTP.request(
            method, f"{self.url}/v2{path}", json=body, headers=headers, timeout=5, **how
        )
        assert_as_published(method, path.partition("?")[0], answer)
        assert answer.headers["Content-Type"] == "application/json"
        return answer

    def good(self, method: str, path: str, body: object = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.ok, f"{answer.status_code} {answer.text}"
        return answer.json()

    def get(self, path: str) -> Any:
        return self.good("GET", path)

    def order(self, number: str = "NW-1", **but: Any) -> dict[str, Any]:
        body = {**example("order_create_request"), "merchantOrderId": number, **but}
        found: dict[str, Any] = self.good("POST", "/orders", body)
        return found

    def control(self, method: str, path: str, body: object = None, expect: int = 200) -> Any:
        answer = HTTP.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=10)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def press(self, order: dict[str, Any], *actions: str, **wish: object) -> dict[str, Any]:
        for action in actions:
            order = self.control("POST", f"orders/{order['id']}/{action}", wish)
        return order

    def settings(self, **wishes: object) -> None:
        self.control("PUT", "settings", wishes)

    def violations(self) -> list[str]:
        found = self.control("GET", "violations")["violations"]
        return [each["violation"] for each in found]

    def effects(self, operation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"effects?operation={operation}")[
            "effects"
        ]
        return found


def open_partner(sandbox: Sandbox) -> Partner:
    name = f"partner-{next(NUMBERS)}"
    wish = {"name": name, **CLIENT, **LOGIN}
    answer = HTTP.post(f"{sandbox.url}/fulfillment_com/_sandbox/warehouses", json=wish, timeout=5)
    assert answer.status_code == 201, answer.text
    partner = Partner(f"{sandbox.url}/fulfillment_com/{name}", name)
    partner.settings(calls_per_second=0)
    partner.login()
    return partner
