"""The way of one call through the warehouse: routed, admitted, perhaps made to fail, answered."""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from sandbox import exchange
from sandbox.faults import Strike
from sandbox.fulfillment_com import control, errors, page, tokens
from sandbox.fulfillment_com.api.operations import TOKEN, URLS, Operation
from sandbox.fulfillment_com.api.visit import Visit
from sandbox.fulfillment_com.looks import LOOKS, in_json, missing_page, refusal
from sandbox.fulfillment_com.state import Json
from sandbox.fulfillment_com.warehouse import Login, Warehouse
from sandbox.recorder import Call, legible, redacted
from sandbox.refusals import ApiError
from sandbox.world import World

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
TOKENS = "oauth/access_token"


def blueprint(world: World) -> Blueprint:
    """Everything below /fulfillment_com."""
    pages = Blueprint("fulfillment_com", __name__)
    desk = Desk(world)
    for path in (f"/<name>/v2/{TOKENS}", f"/<name>/{TOKENS}"):
        pages.add_url_rule(path, "token", desk.give_tokens, methods=["POST"])
    pages.add_url_rule("/<name>/v2/<path:path>", "api", desk.answer, methods=METHODS)
    control.register(pages, world)
    page.register(pages, world)
    return pages


class Desk:
    """Answers the calls at every warehouse."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, name: str, path: str) -> Response:
        warehouse = self.world.fulfillment_com.get(name)
        if warehouse is None:
            return missing_page()
        call = self._begin(warehouse)
        call.body = redacted(legible(request.get_data()))
        # A connection hung up on leaves here as an exception: the call stays without a status.
        answer = self._route(warehouse, f"/{path}", call)
        call.status = answer.status_code
        return answer

    def give_tokens(self, name: str) -> Response:
        """Answer a login or a refresh; of what it holds, only the kind is written down."""
        warehouse = self.world.fulfillment_com.get(name)
        if warehouse is None:
            return missing_page()
        call = self._begin(warehouse)
        wish = tokens.read_wish(request)
        call.operation, call.body = TOKEN, {"grant_type": str(wish.get("grant_type"))}

        def give() -> Response:
            try:
                with self.world.lock:
                    return in_json(tokens.give(warehouse, wish))
            except ApiError as error:
                return refusal(error)

        answer = exchange.answer(self._draw(warehouse, call), LOOKS, give)
        call.status = answer.status_code
        return answer

    def _begin(self, warehouse: Warehouse) -> Call:
        query = request.query_string.decode()
        named = request.headers.get("X-Correlation-Id")
        return self.world.recorder.begin(
            warehouse.place, request.method, request.path, query, named
        )

    def _draw(self, warehouse: Warehouse, call: Call) -> Strike | None:
        strike = warehouse.faults.draw(call.operation or "")
        call.fault = strike.kind if strike else None
        return strike

    def _route(self, warehouse: Warehouse, path: str, call: Call) -> Response:
        try:
            operation, ids = URLS.bind("sandbox").match(path, request.method)
            call.operation = operation.id
            with self.world.lock:
                login = tokens.admit(warehouse, request.headers.get("Authorization"), call)
                warehouse.pace()
            call.violations += _breaches(operation)
            strike = self._draw(warehouse, call)

            def apply() -> Response:
                return self._apply(warehouse, login, operation, ids, call)

            return exchange.answer(strike, LOOKS, apply)
        except NotFound:
            call.violations.append("there is no such path")
            return refusal(errors.not_found("Not Found"))
        except MethodNotAllowed as error:
            call.violations.append(f"{request.method} is not a method of this path")
            headers = {"Allow": ", ".join(error.valid_methods or ())}
            return refusal(errors.refusal(405, "Method Not Allowed", headers=headers))
        except ApiError as error:
            return refusal(error)

    def _apply(
        self,
        warehouse: Warehouse,
        login: Login,
        operation: Operation,
        ids: Mapping[str, str],
        call: Call,
    ) -> Response:
        try:
            body = _read_body() if operation.method == "POST" else {}
            query = request.args.to_dict(flat=False)
            with self.world.lock:
                visit = Visit(warehouse, login, query, call, body)
                said, status = operation.handle(visit, **ids)
                return in_json(said, status)
        except ApiError as error:
            return refusal(error)


def _breaches(operation: Operation) -> list[str]:
    names = sorted({name.removesuffix("[]") for name in request.args} - operation.query)
    return [f"{operation.id} has no parameter {name!r}" for name in names]


def _read_body() -> Json:
    found = legible(request.get_data())
    if not isinstance(found, dict):
        raise errors.invalid()
    return found
