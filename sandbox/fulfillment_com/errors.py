"""The warehouse's refusals: always a message, sometimes a context."""

from collections.abc import Mapping

from sandbox.refusals import ApiError


def refusal(
    status: int,
    message: str,
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ApiError:
    """A message, and what else there is to say."""
    return ApiError(status, {"message": message, **(more or {})}, headers)


def invalid(message: str = "Invalid request body") -> ApiError:
    return refusal(400, message)


def unauthorized() -> ApiError:
    return refusal(401, "Unauthorized")


def forbidden(message: str = "Forbidden") -> ApiError:
    return refusal(403, message)


def not_found(message: str = "Order not found") -> ApiError:
    return refusal(404, message)


def too_late() -> ApiError:
    """A cancellation that comes after the dispatch; not a wrong method."""
    return refusal(405, "Order could not be canceled")


def conflict(message: str) -> ApiError:
    """A step that leads nowhere."""
    return refusal(409, message)


def duplicate(order_id: int, shape: str) -> ApiError:
    """The number is taken; in which shape the first order is named, nobody agrees."""
    context: dict[str, object] = {
        "object": {"context": {"id": order_id}},
        "array": {"context": [{"id": order_id}]},
        "none": {},
    }
    more = context[shape]
    return refusal(409, "Duplicate Order", more if isinstance(more, dict) else {})


def unacceptable(reasons: Mapping[str, str]) -> ApiError:
    return refusal(422, "Validation Failure", {"context": dict(reasons)})


def throttled(retry_after: str | None = "1") -> ApiError:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return refusal(429, "Too Many Requests", headers=headers)


def no_token(status: int, error: str, text: str) -> ApiError:
    """The token endpoint speaks as OAuth does, and as the rest does."""
    return refusal(status, text, {"error": error, "error_description": text})
