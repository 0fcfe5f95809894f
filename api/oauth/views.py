"""Gives tokens to programs, and asks people in their browser whether a program may have one."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.views import AuthorizationView

from api.oauth import asking, tries
from api.oauth.refusing import TokenError
from api.oauth.validator import may_call

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@method_decorator([csrf_exempt, sensitive_post_parameters()], name="dispatch")
class TokenView(View):
    """Gives an access token and a refresh token, or says why not. Contract, section 3."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Give both tokens; on a refresh, those that they replace are good no more."""
        try:
            fields = asking.read(request)
            tries.count(request, fields)
            return _answer(HTTPStatus.OK, _grant(request, fields))
        except TokenError as error:
            wait = {"Retry-After": str(error.retry_after)} if error.retry_after else None
            return _answer(error.status, error.body, wait)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Say so in JSON."""
        body = {"message": "This method is not possible here."}
        return _answer(HTTPStatus.METHOD_NOT_ALLOWED, body, {"Allow": "POST"})

    options = http_method_not_allowed


def _grant(request: HttpRequest, fields: dict[str, str]) -> dict[str, Any]:
    """Ask the library; raises TokenError."""
    server = OAuthLibCore().server
    _, body, status = server.create_token_response(
        request.build_absolute_uri(request.path), "POST", urlencode(fields), dict(FORM), None
    )
    said: dict[str, Any] = json.loads(body)
    if status != HTTPStatus.OK:
        raise TokenError.of(fields["grant_type"], str(said.get("error")), status)
    return said


def _answer(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> HttpResponse:
    return JsonResponse(body, status=status, headers={**NEVER_KEPT, **(headers or {})})


class AuthorizeView(AuthorizationView):  # type: ignore[misc]
    """Asks somebody who has logged in whether a program may call us in their name."""

    template_name = "api/authorize.html"
    login_url = reverse_lazy("api-login")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody grant what they have not got themselves."""
        if request.user.is_authenticated and not may_call(request.user):
            return render(request, "api/no_login.html", status=HTTPStatus.FORBIDDEN)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class LogInView(LoginView):
    """Lets a merchant's people log in, to say whether a program may call us in their name."""

    template_name = "api/login.html"

    def get_default_redirect_url(self) -> str:
        """Return to this page, which then says that they are logged in."""
        return reverse("api-login")
