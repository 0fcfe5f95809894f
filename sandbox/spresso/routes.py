"""The way of one call: routed, admitted, perhaps made to fail, answered."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request

from sandbox import exchange
from sandbox.faults import Strike
from sandbox.recorder import MASK, Call, redacted
from sandbox.refusals import ApiError
from sandbox.spresso import control, errors, parcels, progress, reading, shop, tokens
from sandbox.spresso.account import Account
from sandbox.spresso.acting import acting
from sandbox.spresso.looks import LOOKS, in_json, missing_page, refusal, success
from sandbox.spresso.state import Fulfillment, Json, Order
from sandbox.world import World

UNSURE = frozenset({"delay_before", "delay_after", "drop_after", "error_500_after"})
"""Faults after which the caller may not know that its call was applied."""


@dataclass(frozen=True)
class Operation:
    """One call about a fulfillment: where it is made, what it holds, and what it does."""

    id: str
    method: str
    path: str
    read: Callable[[bytes, Call], Json]
    apply: Callable[[Account, Order, Fulfillment, Json, Call], None]


TOKEN_PATH = "/identity/v1/public/token"
OPERATIONS = (
    Operation(
        "updateFulfillment",
        "PUT",
        "/v1/fulfillments/<fulfillment_id>",
        reading.read_update,
        progress.update,
    ),
    Operation(
        "upsertShipment",
        "PUT",
        "/v1/fulfillments/<fulfillment_id>/shipments",
        reading.read_shipment,
        parcels.upsert,
    ),
)


def blueprint(world: World) -> Blueprint:
    """Everything below /spresso."""
    pages = Blueprint("spresso", __name__)
    desk = Desk(world)
    for operation in OPERATIONS:
        rule, view = f"/<name>{operation.path}", desk.view(operation)
        pages.add_url_rule(rule, operation.id, view, methods=[operation.method])
    pages.add_url_rule(f"/<name>{TOKEN_PATH}", "token", desk.give_token, methods=["POST"])
    pages.add_url_rule(
        "/<name>/<any(v1, identity):area>/<path:rest>",
        "elsewhere",
        desk.turn_away,
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    )
    control.register(pages, world)
    shop.register(pages, world)
    return pages


class Desk:
    """Answers the calls to every organization."""

    def __init__(self, world: World) -> None:
        self.world = world

    def view(self, operation: Operation) -> Callable[..., Response]:
        def view(name: str, fulfillment_id: str) -> Response:
            account = self.world.spresso.get(name)
            if account is None:
                return missing_page()
            call = self._begin(account, operation.id)
            # A connection hung up on leaves here as an exception: the call stays unanswered.
            answer = self._answer(account, operation, fulfillment_id, call)
            call.status = answer.status_code
            return answer

        return view

    def give_token(self, name: str) -> Response:
        """Client id and secret for a token."""
        account = self.world.spresso.get(name)
        if account is None:
            return missing_page()
        call = self._begin(account, "createAccessToken")

        def give() -> Response:
            try:
                with self.world.lock:
                    return in_json(
                        tokens.give(account, reading.read_object(request.get_data(), call))
                    )
            except ApiError as error:
                return refusal(error)

        answer = exchange.answer(self._draw(account, call), LOOKS, give)
        call.status = answer.status_code
        return answer

    def turn_away(self, name: str, area: str, rest: str) -> Response:
        """There is nothing else to call, and nothing at all to read."""
        account = self.world.spresso.get(name)
        if account is not None:
            call = self._begin(account, None)
            call.violations.append(f"there is no {request.method} of this path")
            call.status = 404
        return refusal(errors.not_found())

    def _begin(self, account: Account, operation: str | None) -> Call:
        correlation = request.headers.get("X-Correlation-Id")
        query = request.query_string.decode()
        call = self.world.recorder.begin(
            account.place, request.method, request.path, query, correlation
        )
        call.operation = operation
        call.body = _legible(request.get_json(force=True, silent=True), account)
        if request.mimetype != "application/json":
            call.violations.append("Content-Type is not application/json")
        return call

    def _draw(self, account: Account, call: Call) -> Strike | None:
        strike = account.faults.draw(call.operation or "")
        call.fault = strike.kind if strike else None
        return strike

    def _answer(
        self, account: Account, operation: Operation, fulfillment_id: str, call: Call
    ) -> Response:
        try:
            with self.world.lock:
                tokens.admit(account, request.headers.get("Authorization"))
        except ApiError as error:
            return refusal(error)
        strike = self._draw(account, call)
        raw = request.get_data()

        def apply() -> Response:
            try:
                with acting(self.world, account):
                    return self._apply(account, operation, fulfillment_id, raw, call, strike)
            except ApiError as error:
                return refusal(error)

        with self._alone(account, fulfillment_id, call, strike):
            return exchange.answer(strike, LOOKS, apply)

    @contextlib.contextmanager
    def _alone(
        self, account: Account, fulfillment_id: str, call: Call, strike: Strike | None
    ) -> Iterator[None]:
        """Note calls that cross each other; a caller that gave up on a slow one may come again."""
        if strike is not None:
            yield
            return
        with self.world.lock:
            if fulfillment_id in account.under_way:
                call.violations.append("another call about this fulfillment is under way")
            account.under_way.append(fulfillment_id)
        try:
            yield
        finally:
            with self.world.lock:
                account.under_way.remove(fulfillment_id)

    def _apply(
        self,
        account: Account,
        operation: Operation,
        fulfillment_id: str,
        raw: bytes,
        call: Call,
        strike: Strike | None,
    ) -> Response:
        order, fulfillment = account.order_of(fulfillment_id)
        body = operation.read(raw, call)
        step = reading.step_of(body)
        if step in fulfillment.confirmed and reading.is_said_once(body):
            call.violations.append(f"{step} is told again after it was confirmed")
        operation.apply(account, order, fulfillment, body, call)
        if strike is None or strike.kind not in UNSURE:
            fulfillment.confirmed.add(step)
        return success(account.settings)


def _legible(body: object, account: Account) -> object:
    """A body as it may be written down: without what lets anybody in."""
    if isinstance(body, str):
        return MASK if body in account.secrets else body
    return redacted(body)
