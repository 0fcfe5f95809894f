"""What all operations share: who calls, how often, what they may see, JSON in and JSON out."""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import RawPostDataException, UnreadablePostError
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import calls, errors
from api.authentication import BearerAuthentication
from api.calls import Caller
from api.scope import Scope

MOST_BYTES = 1_000_000


class AlwaysJson(BaseContentNegotiation):
    """JSON, whatever the caller says it accepts. Contract, section 2."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Leave the body to the view."""
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: Any = None
    ) -> tuple[BaseRenderer, str]:
        """Return the only one."""
        return next(iter(renderers)), "application/json"


class ApiView(APIView):
    """One address of the contract."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (BearerAuthentication,)
    renderer_classes = (JSONRenderer,)
    # For the document; a view reads its body itself, whatever type it is said to have.
    parser_classes = (JSONParser,)
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "post", "put", "delete"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Prove who calls, count the call, and refuse a login that is for nobody."""
        super().initial(request, *args, **kwargs)
        if not isinstance(request.auth, Caller):
            raise NotAuthenticated
        calls.count(request.auth)
        if not self.scope.logins:
            raise errors.forbidden()

    @cached_property
    def scope(self) -> Scope:
        """What the caller may see."""
        return Scope.of(self.request.user)  # type: ignore[arg-type]

    @property
    def caller(self) -> Caller:
        """Through what the user calls."""
        caller: Any = self.request.auth
        return caller  # type: ignore[no-any-return]

    def get_exception_handler(self) -> Any:
        """Answer every error in the contract's words."""
        return errors.answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Note the call under its login."""
        done = super().finalize_response(request, response, *args, **kwargs)
        caller = getattr(request, "auth", None) if hasattr(request, "_auth") else None
        if isinstance(caller, Caller):
            calls.note(caller, str(request.method), request.path, done.status_code)
        return done


def body_of(request: Request) -> Any:
    """Return the JSON of a body, whatever its type is said to be; raises 400."""
    given = request.headers.get("Content-Length", "")
    if given.isdecimal() and (len(given) > 12 or int(given) > MOST_BYTES):
        raise errors.bad_request(f"The request body is larger than {MOST_BYTES} bytes")
    try:
        raw = request._request.body
        return json.loads(raw.decode(), parse_constant=_no_number)
    except (
        ValueError,
        RecursionError,
        SuspiciousOperation,
        RawPostDataException,
        UnreadablePostError,
    ) as error:
        raise errors.bad_request() from error


def _no_number(name: str) -> None:
    raise ValueError(name)


def page(data: Sequence[Any], meta: dict[str, Any], nothing: str = "") -> Response:
    """Return a page of a list; where `nothing` says so, an empty one is a 404."""
    if nothing and not data:
        raise errors.missing(nothing)
    return Response({"data": list(data), "meta": meta})
