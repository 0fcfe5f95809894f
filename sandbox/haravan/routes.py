"""The way of one call through the shop: routed, admitted, perhaps made to fail, answered."""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from sandbox import exchange
from sandbox.haravan import bucket, control, errors, login, page, shapes, subscribing
from sandbox.haravan.acting import acting
from sandbox.haravan.api.operations import URLS, Operation, allows
from sandbox.haravan.api.visit import Visit
from sandbox.haravan.looks import LOOKS, in_json, missing_page, refusal
from sandbox.haravan.store import Store
from sandbox.recorder import Call, legible, redacted
from sandbox.refusals import ApiError
from sandbox.world import World

METHODS = ["GET", "POST", "PUT", "DELETE"]
PREFIXES = ("com", "admin")
COOKIE = "hrv_session"


def blueprint(world: World) -> Blueprint:
    """Everything below /haravan."""
    pages = Blueprint("haravan", __name__)
    desk = Desk(world)
    for prefix in PREFIXES:
        # At the common host the token alone says which shop is meant.
        pages.add_url_rule(f"/{prefix}/<path:path>", "api", desk.answer, methods=METHODS)
        pages.add_url_rule(f"/<name>/{prefix}/<path:path>", "api", desk.answer, methods=METHODS)
    control.register(pages, world)
    subscribing.register(pages, world)
    login.register(pages, world)
    page.register(pages, world)
    return pages


def token_of(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    return token if scheme == "Bearer" else ""


def find(world: World, name: str | None, token: str) -> Store | None:
    """The shop of that name, or the one that the token opens."""
    if name is not None:
        return world.haravan.get(name)
    return next((each for each in world.haravan.values() if token in each.tokens), None)


class Desk:
    """Answers the API calls of every shop."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, path: str, name: str | None = None) -> Response:
        token = token_of(request.headers.get("Authorization"))
        store = find(self.world, name, token)
        if store is None:
            return refusal(errors.unauthorized()) if name is None else missing_page()
        call = self._begin(store)
        # A connection hung up on leaves here as an exception: the call stays without a status.
        answer = self._route(store, f"/{path}", token, call)
        call.status = answer.status_code
        answer.headers["X-Haravan-Api-Call-Limit"] = bucket.shown(store)
        if store.settings.sets_cookies:
            answer.set_cookie(COOKIE, "of-the-last-caller")
        return answer

    def _begin(self, store: Store) -> Call:
        query = request.query_string.decode()
        named = request.headers.get("X-Correlation-Id")
        call = self.world.recorder.begin(store.place, request.method, request.path, query, named)
        call.body = redacted(legible(request.get_data()))
        return call

    def _route(self, store: Store, path: str, token: str, call: Call) -> Response:
        try:
            operation, ids = URLS.bind("sandbox").match(path, request.method)
            call.operation = operation.id
            return self._admit(store, operation, ids, token, call)
        except NotFound:
            call.violations.append("there is no such path")
            return refusal(errors.not_found())
        except MethodNotAllowed:
            call.violations.append(f"{request.method} is not a method of this path")
            return refusal(errors.not_offered(405))
        except ApiError as error:
            return refusal(error)

    def _admit(
        self, store: Store, operation: Operation, ids: Mapping[str, int], token: str, call: Call
    ) -> Response:
        if token not in store.tokens:
            raise errors.unauthorized()
        with self.world.lock:
            bucket.pour(store)
        if not allows(store.tokens[token], operation.scope):
            raise errors.forbidden()
        query = request.args.to_dict()
        call.violations += shapes.breaches(operation.id, query)
        if request.cookies:
            call.violations.append("the call brings cookies")
            if request.method == "POST":
                # It fails, and says that it did not.
                return in_json({})
        strike = store.faults.draw(operation.id)
        call.fault = strike.kind if strike else None
        return exchange.answer(strike, LOOKS, lambda: self._apply(store, operation, ids, call))

    def _apply(
        self, store: Store, operation: Operation, ids: Mapping[str, int], call: Call
    ) -> Response:
        raw = request.get_data()
        try:
            body = shapes.read_body(operation.id, request.method, raw, call)
            with acting(self.world, store):
                visit = Visit(store, request.args.to_dict(), body)
                said, status = operation.handle(visit, **ids)
                return in_json(said, status)
        except ApiError as error:
            return refusal(error)
