"""The platform's refusals; their body is not published, so this is one that it could be."""

from collections.abc import Mapping

from sandbox.refusals import ApiError


def _refusal(
    status: int, error: str, message: str, headers: Mapping[str, str] | None = None
) -> ApiError:
    return ApiError(status, {"statusCode": status, "error": error, "message": message}, headers)


def bad_request(message: str) -> ApiError:
    return _refusal(400, "Bad Request", message)


def unauthorized(message: str = "Invalid or expired token") -> ApiError:
    return _refusal(401, "Unauthorized", message)


def forbidden(message: str = "Not allowed") -> ApiError:
    return _refusal(403, "Forbidden", message)


def not_found(what: str = "Page") -> ApiError:
    return _refusal(404, "Not Found", f"{what} not found")


def conflict(message: str) -> ApiError:
    return _refusal(409, "Conflict", message)


def throttled(retry_after: str | None = "1") -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return _refusal(429, "Too Many Requests", "Slow down", headers)
