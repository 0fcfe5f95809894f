"""The platform's refusals, in the shapes it uses; texts are often Vietnamese."""

from sandbox.refusals import ApiError


def malformed(field: str) -> ApiError:
    return ApiError(400, {"errors": {field: ["Required parameter missing or invalid"]}})


def unauthorized() -> ApiError:
    return ApiError(401, {"errors": "Unauthorized"})


def forbidden() -> ApiError:
    """A scope is missing; the body says nothing."""
    return ApiError(403, {})


def not_found() -> ApiError:
    return ApiError(404, {"errors": "Not Found"})


def not_offered(status: int) -> ApiError:
    """The shop has no such call any more."""
    text = "Method Not Allowed" if status == 405 else "Not Found"
    return ApiError(status, {"message": text})


def broken(*texts: str, field: str = "base") -> ApiError:
    """A rule is broken, and nothing was done."""
    return ApiError(422, {"errors": {field: list(texts)}})


def invalid(text: str) -> ApiError:
    """The same where stock is told: plain text."""
    return ApiError(422, {"errors": text})


def throttled(retry_after: str | None = "2.0") -> ApiError:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return ApiError(429, {"errors": "Too many requests"}, headers)
