"""Tells a connection that was never made from one that broke after a request was sent."""

import ssl

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)

from platforms.errors import Unavailable, Uncertain


def lost_connection(
    error: requests.RequestException, host: str, *, writes: bool
) -> Unavailable | Uncertain:
    """Return Unavailable where nothing can have changed at `host`, otherwise Uncertain."""
    never_made = _why_never_made(error)
    if never_made:
        return Unavailable(f"{host} could not be reached: {never_made}.")
    late = isinstance(error, requests.Timeout)
    broke = f"{host} did not answer in time" if late else f"The connection to {host} broke"
    if writes:
        return Uncertain(f"{broke} after a change was sent; whether it was made is unknown.")
    return Unavailable(f"{broke}.")


def _why_never_made(error: requests.RequestException) -> str:
    # Only what this error wraps counts: its context may hold an earlier error of another call.
    wrapped = error.args[0] if error.args else None
    reason = wrapped.reason if isinstance(wrapped, MaxRetryError) else wrapped
    if isinstance(reason, NameResolutionError):
        return "its name is not known"
    if isinstance(reason, NewConnectionError):
        return "it refused the connection"
    if isinstance(reason, ConnectTimeoutError) or isinstance(error, requests.ConnectTimeout):
        return "it did not take the connection in time"
    if isinstance(reason, SSLError) and _is_about_certificate(reason):
        return "its certificate is not valid"
    return ""


def _is_about_certificate(error: SSLError) -> bool:
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in error.args)
