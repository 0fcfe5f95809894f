"""The way of one call through the store: routed, admitted, perhaps made to fail, answered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from sandbox import exchange
from sandbox.next29 import access, control, errors, oauth, reading, shop
from sandbox.next29.acting import acting
from sandbox.next29.api.operations import URLS, Operation
from sandbox.next29.api.visit import Visit
from sandbox.next29.looks import LOOKS, in_json, missing_page, refusal
from sandbox.next29.store import Store
from sandbox.next29.words import API_VERSION
from sandbox.recorder import Call, redacted
from sandbox.refusals import ApiError
from sandbox.world import World

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
API = "/<subdomain>/api/admin/"


def blueprint(world: World) -> Blueprint:
    """Everything below /next29."""
    pages = Blueprint("next29", __name__)
    desk = Desk(world)
    for rule in (API, f"{API}<path:path>"):
        pages.add_url_rule(rule, "api", desk.answer, methods=METHODS)
    control.register(pages, world)
    shop.register(pages, world)
    oauth.register(pages, world)
    return pages


class Desk:
    """Answers the API calls of every store."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.throttle = access.Throttle()

    def answer(self, subdomain: str, path: str = "") -> Response:
        store = self.world.next29.get(subdomain)
        if store is None:
            return missing_page()
        call = self._begin(store)
        # A connection hung up on leaves here as an exception: the call stays without a status.
        answer = self._route(store, f"/{path}", call)
        call.status = answer.status_code
        return answer

    def _begin(self, store: Store) -> Call:
        query = request.query_string.decode()
        call = self.world.recorder.begin(
            store.place, request.method, request.path, query, _correlation_id()
        )
        call.body = redacted(_legible(request.get_data()))
        return call

    def _route(self, store: Store, path: str, call: Call) -> Response:
        try:
            operation, ids = URLS.bind("sandbox").match(path, request.method)
            call.operation = operation.id
            return self._admit(store, operation, ids, call)
        except RequestRedirect:
            call.violations.append("the path does not end in a slash")
            return Response(status=301, headers={"Location": f"{request.base_url}/"})
        except NotFound:
            call.violations.append("there is no such path")
            return missing_page()
        except MethodNotAllowed as error:
            call.violations.append(f"{request.method} is not a method of this path")
            methods = [method for method in error.valid_methods or () if method != "HEAD"]
            return refusal(errors.wrong_method(request.method, methods))
        except ApiError as error:
            return refusal(error)

    def _admit(
        self, store: Store, operation: Operation, ids: Mapping[str, int], call: Call
    ) -> Response:
        call.violations += _breaches()
        token = access.token_of(request.headers.get("Authorization"))
        with self.world.lock:
            granted = access.scopes_of(store, token)
            self.throttle.check(store, token)
        if operation.merchant_only and access.is_service(granted):
            call.violations.append(f"{operation.id} is for merchants, not for a service")
        strike = store.faults.draw(operation.id)
        call.fault = strike.kind if strike else None
        visit = Visit(
            store,
            granted,
            request.url,
            request.args.to_dict(flat=False),
            is_app=token in store.app.tokens,
        )
        return exchange.answer(strike, LOOKS, lambda: self._apply(visit, operation, ids, call))

    def _apply(
        self, visit: Visit, operation: Operation, ids: Mapping[str, int], call: Call
    ) -> Response:
        try:
            access.require(visit.scopes, operation.scopes)
            body = reading.read_body(operation.id, request.get_data(), call)
            whole = replace(visit, body=body, verb=operation.verb)
            with acting(self.world, visit.store):
                answer = operation.handle(whole, **ids)
                return in_json(answer.body, answer.status)
        except ApiError as error:
            return refusal(error)


def _breaches() -> list[str]:
    version = request.headers.get("X-29next-API-Version")
    if version is None:
        return ["X-29next-API-Version is missing"]
    return [] if version == API_VERSION else [f"X-29next-API-Version is {version!r}"]


def _correlation_id() -> str | None:
    return request.headers.get("X-Correlation-Id") or request.headers.get("X-Request-Id")


def _legible(raw: bytes) -> Any:
    try:
        return reading.parse(raw) if raw else None
    except ApiError:
        return raw.decode(errors="replace")
