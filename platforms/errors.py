"""Errors that say what to do next. Each carries a sentence for the operator."""


class PlatformError(Exception):
    """Anything that went wrong with a platform. `str(error)` is a sentence for a person."""

    def __init__(self, message: str, *, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class Unavailable(PlatformError):
    """Nothing was changed there; the same call may be made again later.

    `retry_after` is the number of seconds the platform asked us to wait, if it did.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        body: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, body=body)
        self.retry_after = retry_after


class Throttled(Unavailable):
    """Too many requests. Wait `retry_after` seconds; this is not a failed attempt."""


class Uncertain(PlatformError):
    """A change was sent and its outcome is unknown: read back before sending it again."""


class Refused(PlatformError):
    """The platform said no for good. A person decides what happens next."""


class UnknownCarrier(Refused):
    """The platform does not know this carrier (any more)."""


class Unsupported(Refused):
    """This store does not offer the call (any more), whatever its platform's contract says."""


class Missing(Refused):
    """The platform does not know this thing, or it is not ours (any more)."""


class Forbidden(Refused):
    """The credentials are good, but do not open this: a permission is missing."""


class Unauthorized(PlatformError):
    """The credentials are not valid. Stop all traffic to this store until they are."""


class Malformed(PlatformError):
    """An answer or a message that cannot be read: we or they changed."""


class BadSignature(PlatformError):
    """A message that cannot be proven to come from the store."""


class UnknownSender(PlatformError):
    """A message for a store that is not ours, or that names another one."""


class Refusal(Exception):
    """Our own rules say no. `str(refusal)` is the reason, in words for the person who asked."""
