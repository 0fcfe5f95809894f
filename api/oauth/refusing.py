"""Why there is no token, with all three nodes that clients look for. Contract, section 3.4."""

from http import HTTPStatus

INVALID_REQUEST, INVALID_CLIENT = "invalid_request", "invalid_client"


class TokenError(Exception):
    """A token is refused: a status, the OAuth word for it, and a sentence.

    `retry_after`: to be asked for again in so many seconds.
    """

    def __init__(self, status: int, error: str, text: str, *, retry_after: int = 0) -> None:
        super().__init__(text)
        self.status, self.error, self.text = int(status), error, text
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, str]:
        """What is answered: some clients read the message, others the other two."""
        return {"message": self.text, "error": self.error, "error_description": self.text}

    @classmethod
    def missing(cls, name: str) -> "TokenError":
        """A field is not there."""
        return cls(HTTPStatus.BAD_REQUEST, INVALID_REQUEST, f"The field {name} is missing.")

    @classmethod
    def unreadable(cls) -> "TokenError":
        """The body cannot be read."""
        text = "The body is no object of texts, in JSON or as a form."
        return cls(HTTPStatus.BAD_REQUEST, INVALID_REQUEST, text)

    @classmethod
    def unsupported_grant(cls) -> "TokenError":
        """Nobody gets a token in this way."""
        text = "The grant type is not supported."
        return cls(HTTPStatus.BAD_REQUEST, "unsupported_grant_type", text)

    @classmethod
    def unknown_scope(cls) -> "TokenError":
        """Only one scope exists."""
        return cls(HTTPStatus.BAD_REQUEST, "invalid_scope", "The only scope is oms.")

    @classmethod
    def too_many(cls, retry_after: int) -> "TokenError":
        """It was tried too often."""
        text = "Too Many Requests"
        return cls(HTTPStatus.TOO_MANY_REQUESTS, INVALID_REQUEST, text, retry_after=retry_after)

    @classmethod
    def of(cls, grant: str, error: str, status: int) -> "TokenError":
        """Return what the contract says where the library has refused a grant."""
        if error == INVALID_CLIENT:
            return cls(HTTPStatus.UNAUTHORIZED, error, "Client authentication failed.")
        if error == "invalid_grant":
            return _GRANTS[grant]
        return cls(
            status if status < HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus.BAD_REQUEST,
            error,
            "The client may not do this.",
        )


_GRANTS = {
    "password": TokenError(
        HTTPStatus.UNAUTHORIZED, "invalid_credentials", "The user credentials were incorrect."
    ),
    "refresh_token": TokenError(
        HTTPStatus.UNAUTHORIZED, INVALID_REQUEST, "The refresh token is invalid."
    ),
    "authorization_code": TokenError(
        HTTPStatus.BAD_REQUEST, "invalid_grant", "The authorization code is invalid."
    ),
}
