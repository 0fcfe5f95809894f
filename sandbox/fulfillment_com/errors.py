"""The warehouse's refusals: always a message, sometimes a context."""

from collections.abc import Mapping


class ApiError(Exception):
    """A call is refused with this status and body."""

    def __init__(
        self,
        status: int,
        message: str,
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.body = {"message": message, **(more or {})}
        self.headers = dict(headers or {})


def invalid(message: str = "Invalid request body") -> ApiError:
    return ApiError(400, message)


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def forbidden(message: str = "Forbidden") -> ApiError:
    return ApiError(403, message)


def not_found(message: str = "Order not found") -> ApiError:
    return ApiError(404, message)


def too_late() -> ApiError:
    """A cancellation that comes after the dispatch; not a wrong method."""
    return ApiError(405, "Order could not be canceled")


def conflict(message: str) -> ApiError:
    """A step that leads nowhere."""
    return ApiError(409, message)


def duplicate(order_id: int, shape: str) -> ApiError:
    """The number is taken; in which shape the first order is named, nobody agrees."""
    context: dict[str, object] = {
        "object": {"context": {"id": order_id}},
        "array": {"context": [{"id": order_id}]},
        "none": {},
    }
    more = context[shape]
    return ApiError(409, "Duplicate Order", more if isinstance(more, dict) else {})


def unacceptable(reasons: Mapping[str, str]) -> ApiError:
    return ApiError(422, "Validation Failure", {"context": dict(reasons)})


def throttled(retry_after: str | None = "1") -> ApiError:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return ApiError(429, "Too Many Requests", headers=headers)


def no_token(status: int, error: str, text: str) -> ApiError:
    """The token endpoint speaks as OAuth does, and as the rest does."""
    return ApiError(status, text, {"error": error, "error_description": text})
