"""The platform's refusals; their body is not published, so this is one that it could be."""

from collections.abc import Mapping


class ApiError(Exception):
    """A call is refused with this status and body."""

    def __init__(
        self, status: int, error: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.body = {"statusCode": status, "error": error, "message": message}
        self.headers = dict(headers or {})


def bad_request(message: str) -> ApiError:
    return ApiError(400, "Bad Request", message)


def unauthorized(message: str = "Invalid or expired token") -> ApiError:
    return ApiError(401, "Unauthorized", message)


def forbidden(message: str = "Not allowed") -> ApiError:
    return ApiError(403, "Forbidden", message)


def not_found(what: str = "Page") -> ApiError:
    return ApiError(404, "Not Found", f"{what} not found")


def conflict(message: str) -> ApiError:
    return ApiError(409, "Conflict", message)


def throttled(retry_after: str | None = "1") -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(429, "Too Many Requests", "Slow down", headers)
