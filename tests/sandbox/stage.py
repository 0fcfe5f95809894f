"""What the tests hold in their hands: a client, the control endpoints, a receiver, the contract."""

import copy
import http.server
import itertools
import json
import re
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests
from jsonschema import Draft202012Validator, FormatChecker

from sandbox import Sandbox

NUMBERS = itertools.count(1)
CONTRACT = Path(__file__).resolve().parent.parent / "contracts" / "next29"
SPEC = json.loads((CONTRACT / "openapi.json").read_text(encoding="utf-8"))
SPLIT = "/fulfillment-orders/{id}/split/"
HTTP = requests.Session()
HTTP.trust_env = False
VERSION = {"X-29next-API-Version": "2024-04-01"}
MUG = "MUG-ENM"
ADDRESS = {"line1": "4500 Logistics Way", "line4": "Reno", "country": "US"}


def example(name: str) -> Any:
    return json.loads((CONTRACT / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def for_direction(node: Any, skip: str) -> Any:
    """The schema without the fields that only the other direction carries."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            gone = {k for k, v in properties.items() if isinstance(v, dict) and v.get(skip)}
            node["properties"] = {k: v for k, v in properties.items() if k not in gone}
            node["required"] = [name for name in node.get("required", []) if name not in gone]
        for value in node.values():
            for_direction(value, skip)
    elif isinstance(node, list):
        for value in node:
            for_direction(value, skip)
    return node


COMPONENTS = for_direction(copy.deepcopy(SPEC["components"]), "writeOnly")
REQUEST_COMPONENTS = for_direction(copy.deepcopy(SPEC["components"]), "readOnly")


def assert_valid(schema: dict[str, Any], body: object) -> None:
    document = {**schema, "components": COMPONENTS}
    checker = Draft202012Validator(document, format_checker=FormatChecker())
    problems = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(body)]
    assert not problems, problems


@cache
def operation_of(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    for template, methods in SPEC["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", r"\\d+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in methods:
            return template, methods[method.lower()]
    return None


def assert_answers_as_published(method: str, path: str, answer: requests.Response) -> None:
    """Every success of every test is held against the published document."""
    if re.fullmatch(r"/fulfillment-orders/\d+/split/", path):
        return
    found = operation_of(method, path)
    assert found is not None, f"{method} {path} is not in the contract"
    responses = found[1]["responses"]
    assert str(answer.status_code) in responses
    content = responses[str(answer.status_code)].get("content")
    if content:
        assert_valid(content["application/json"]["schema"], answer.json())


@dataclass
class Client:
    """A fulfillment service with a token."""

    url: str
    token: str

    def call(
        self, method: str, path: str, body: object = None, **options: Any
    ) -> requests.Response:
        url = path if path.startswith("http") else f"{self.url}{path}"
        headers = {"Authorization": f"Bearer {self.token}", **VERSION, **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return HTTP.request(
            method, url, headers=headers, allow_redirects=False, timeout=5, **options
        )

    def good(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        answer = self.call(method, path, body, **options)
        assert answer.ok, f"{answer.status_code} {answer.text}"
        if path.startswith("/"):
            assert_answers_as_published(method, path.partition("?")[0], answer)
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        return self.good("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        return self.good("POST", path, {} if body is None else body)

    def step(self, order_id: int, step: str, body: object = None) -> requests.Response:
        return self.call("POST", f"/fulfillment-orders/{order_id}/{step}/", body or {})

    def order(self, order_id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/fulfillment-orders/{order_id}/")
        return found

    def state(self, order_id: int) -> tuple[str, str]:
        order = self.order(order_id)
        return order["status"], order["request_status"]

    def pages(self, path: str) -> list[dict[str, Any]]:
        pages = [self.get(path)]
        while pages[-1]["next"]:
            pages.append(self.good("GET", pages[-1]["next"]))
        return pages


@dataclass
class Stage:
    """One store of the sandbox with its control endpoints."""

    url: str
    subdomain: str
    token: str
    world: Any

    @property
    def service(self) -> Client:
        return self.client(self.token)

    def client(self, token: str) -> Client:
        return Client(f"{self.url}/next29/{self.subdomain}/api/admin", token)

    def control(self, method: str, path: str, body: object = None, expect: int = 200) -> Any:
        url = f"{self.url}/next29/{self.subdomain}/_sandbox/{path}"
        answer = HTTP.request(method, url, json=body, timeout=5)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def settings(self, **wishes: object) -> None:
        self.control("PUT", "settings", wishes)

    def fault(self, kind: str, operation: str = "*", **wishes: object) -> None:
        self.control("POST", "faults", {"kind": kind, "operation": operation, **wishes})

    def location(self, callback_url: str | None = None, name: str = "Reno") -> int:
        body = {"name": name, "callback_url": callback_url, "address": ADDRESS}
        return int(self.service.post("/locations/", body)["id"])

    def place(self, **wishes: object) -> int:
        """One order; the id of its fulfillment order."""
        placed = self.control("POST", "orders", wishes)
        return int(placed["fulfillment_orders"][0]["id"])

    def press(self, order_id: int, action: str, expect: int = 200, **wishes: object) -> Any:
        path = f"fulfillment-orders/{order_id}/{action}"
        return self.control("POST", path, wishes, expect)

    def stock(self, sku: str = MUG, num_in_stock: int | None = 5, **wish: object) -> int:
        """One record at the first location, unless told otherwise; its id."""
        place = {"location_id": wish.pop("location_id")} if "location_id" in wish else {}
        record = {"sku": sku, "num_in_stock": num_in_stock, **wish}
        [record_id] = self.control("POST", "stock", {**place, "records": [record]})["planted"]
        return int(record_id)

    def figures(self, record_id: int) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.control("GET", "stock")["records"]
        return next(record for record in found if record["id"] == record_id)

    def levels(self, record_id: int) -> tuple[int | None, int | None, int]:
        """In stock, allocated, and what is left of it."""
        found = self.figures(record_id)
        return found["num_in_stock"], found["num_allocated"], found["net_stock_level"]

    def effects(self, operation: str, order_id: int | None = None) -> list[dict[str, Any]]:
        found = self.control("GET", f"effects?operation={operation}")["effects"]
        return [each for each in found if order_id in (None, each["fulfillment_order_id"])]

    def calls(self, operation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"calls?operation={operation}")["calls"]
        return found

    def violations(self) -> list[str]:
        found = self.control("GET", "violations")["violations"]
        return [each["violation"] for each in found]

    def settle(self) -> None:
        self.world.courier.settle()


def open_store(sandbox: Sandbox, *scopes: str) -> Stage:
    subdomain = f"store-{next(NUMBERS)}"
    wish: dict[str, object] = {"subdomain": subdomain, "token": f"token-of-{subdomain}"}
    if scopes:
        wish["scopes"] = scopes
    answer = HTTP.post(f"{sandbox.url}/next29/_sandbox/stores", json=wish, timeout=5)
    assert answer.status_code == 201
    stage = Stage(sandbox.url, subdomain, f"token-of-{subdomain}", sandbox.world)
    stage.settings(rate_limit=0)
    return stage


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class PatientServer(http.server.ThreadingHTTPServer):
    """Many may knock at once without being turned away for a second."""

    request_queue_size = 64
    daemon_threads = True


@dataclass
class Receiver:
    """A tiny web server that keeps what it gets; `answers` are used up, then it is always 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def wait_for(self, count: int) -> list[Received]:
        deadline = time.monotonic() + 5
        while len(self.received) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        assert len(self.received) >= count, f"only {len(self.received)} of {count} arrived"
        return self.received

    def start(self) -> http.server.ThreadingHTTPServer:
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.received.append(Received(self.path, dict(self.headers), text))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = PatientServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server
