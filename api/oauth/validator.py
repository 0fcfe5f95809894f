"""Who gets a token: an active user with a login for a merchant, through a client that is known."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from oauth2_provider.oauth2_validators import OAuth2Validator

from api.models import Login
from api.oauth import tries


def may_call(user: AbstractBaseUser | AnonymousUser | None) -> bool:
    """Tell whether a user may use the API at all."""
    return bool(user and user.is_active and Login.objects.filter(user=user.pk).exists())


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Asks the library, and then whether the user may call us at all."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Prove the client by the body: the token view has put what it was given there."""
        return bool(self._authenticate_request_body(request))

    def validate_user(
        self, username: str, password: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Check name and password; raises TokenError where that was tried too often."""
        tries.count_proved(client.client_id, username)
        known = super().validate_user(username, password, client, request, *args, **kwargs)
        return bool(known) and may_call(request.user)

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Check a refresh token, and that its user was not shut out meanwhile."""
        good = super().validate_refresh_token(refresh_token, client, request, *args, **kwargs)
        return bool(good) and may_call(request.user)

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Check an authorization code, and its user."""
        good = super().validate_code(client_id, code, client, request, *args, **kwargs)
        return bool(good) and may_call(request.user)
