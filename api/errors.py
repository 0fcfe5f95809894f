"""What the API says when it does not do something: always a message, sometimes a context.

Contract fulfillment_com, section 4.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.response import Response

log = logging.getLogger(__name__)

INVALID_BODY = "Invalid request body"
NO_ORDER = "Order not found"


class ApiError(APIException):
    """An answer that is no success."""

    def __init__(
        self,
        status: int,
        message: str,
        context: Mapping[str, Any] | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status
        self.body: dict[str, Any] = {"message": message}
        if context is not None:
            self.body["context"] = dict(context)
        self.retry_after = retry_after


def bad_request(message: str = INVALID_BODY) -> ApiError:
    """A body or a query that cannot be read."""
    return ApiError(HTTPStatus.BAD_REQUEST, message)


def not_acceptable(context: Mapping[str, str]) -> ApiError:
    """A value that can be read, and cannot be: by dotted path, the reason."""
    return ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, "Validation Failure", context)


def forbidden(message: str = "Access Denied") -> ApiError:
    """The login may not do this."""
    return ApiError(HTTPStatus.FORBIDDEN, message)


def missing(message: str = NO_ORDER) -> ApiError:
    """There is no such thing, or it is another merchant's."""
    return ApiError(HTTPStatus.NOT_FOUND, message)


def conflict(message: str, context: Mapping[str, Any]) -> ApiError:
    """It is there already, or it is not the time for it."""
    return ApiError(HTTPStatus.CONFLICT, message, context)


def too_many(retry_after: int) -> ApiError:
    """Wait so many seconds."""
    return ApiError(HTTPStatus.TOO_MANY_REQUESTS, "Too Many Requests", retry_after=retry_after)


def answer(error: Exception, context: Mapping[str, Any]) -> Response:
    """Return the answer to a request that failed; what we did not foresee is a 500 and logged."""
    if isinstance(error, ApiError):
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
        return Response(error.body, status=error.status_code, headers=headers)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers = {"WWW-Authenticate": 'Bearer realm="oms"'}
        return _plain(HTTPStatus.UNAUTHORIZED, "Unauthorized", headers)
    if isinstance(error, exceptions.MethodNotAllowed):
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "This method is not possible here.")
    if isinstance(error, Http404):
        return _plain(HTTPStatus.NOT_FOUND, "Not Found")
    if isinstance(error, APIException):
        return _plain(error.status_code, str(error.detail))
    log.error("a call of the API failed", exc_info=error)
    return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")


def _plain(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response({"message": message}, status=status, headers=dict(headers or {}))
