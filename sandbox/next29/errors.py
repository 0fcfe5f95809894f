"""The platform's refusals, in its own words."""

from collections.abc import Mapping
from typing import Any

from sandbox.refusals import ApiError


def not_allowed() -> ApiError:
    """Illegal in this state, or for this token."""
    return ApiError(400, {"action": ["Not allowed"]})


def invalid(errors: Mapping[str, Any]) -> ApiError:
    return ApiError(400, dict(errors))


def unparsable(reason: str) -> ApiError:
    return ApiError(400, {"detail": f"JSON parse error - {reason}"})


def no_credentials() -> ApiError:
    body = {"detail": "Authentication credentials were not provided."}
    return ApiError(401, body, {"WWW-Authenticate": 'Bearer realm="api"'})


def invalid_token() -> ApiError:
    challenge = 'Bearer realm="api",error="invalid_token"'
    return ApiError(401, {"detail": "Invalid token."}, {"WWW-Authenticate": challenge})


def forbidden() -> ApiError:
    return ApiError(403, {"detail": "You do not have permission to perform this action."})


def not_found() -> ApiError:
    return ApiError(404, {"detail": "Not found."})


def wrong_method(method: str, allowed: list[str]) -> ApiError:
    body = {"detail": f'Method "{method}" not allowed.'}
    return ApiError(405, body, {"Allow": ", ".join(sorted(allowed))})


def throttled(retry_after: str | None = "1") -> ApiError:
    if retry_after is None:
        return ApiError(429, {"detail": "Request was throttled."})
    body = {"detail": f"Request was throttled. Expected available in {retry_after} second."}
    return ApiError(429, body, {"Retry-After": retry_after})
