"""Which addresses a secret of ours may be sent to: where tokens are given, and a partner's API."""

from urllib.parse import urlsplit

_LOCAL = ("localhost", "127.0.0.1", "::1")


def check_url(url: str) -> None:
    """Raise ValueError, in words, for an address that no secret may be sent to.

    It has no query: no platform publishes one, and what stands in one is written to the logs of
    every server on the way, where a secret that was pasted with it would be read.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{url[:80]!r} is no address.") from None
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("The address must name a host and a path, and nothing else.")
    # Plain http is for a fake on this machine only.
    if parts.scheme != "https" and not (host in _LOCAL and parts.scheme == "http"):
        raise ValueError("The address must begin with https://.")


def split(url: str) -> tuple[str, str]:
    """Return the host's own address and the path; raises ValueError as `check_url` does."""
    check_url(url)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/", parts.path
