"""Decides whether an address belongs to a store, so that its token is sent nowhere else."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from platforms.errors import Malformed

_PORTS = {"http": 80, "https": 443}
_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")


def checked_url(url: str, base_url: str) -> str:
    """Return `url` when scheme, host and port are those of `base_url` and the path is below it.

    Raises Malformed that names the refused host. Contract next29, section 6.
    """
    # Parsers disagree about blanks and backslashes: what one reads as a path is a host to another.
    if _STRANGE.search(url):
        raise Malformed(f"The link {url[:80]!r} has characters no link should have; not followed.")
    try:
        there, ours = urlsplit(url), urlsplit(base_url)
        same = _origin(there) == _origin(ours) and there.username is None
    except ValueError:
        raise Malformed(f"The link {url[:80]!r} is no address; not followed.") from None
    if not same:
        raise Malformed(
            f"The link leads to {_shown(there)} and not to {_shown(ours)}; it was not followed."
        )
    if not _below(there.path, ours.path):
        raise Malformed(
            f"The link leads out of {ours.path} at {_shown(ours)}, to {there.path[:80]}; "
            "it was not followed."
        )
    return url


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def _shown(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else "no host"


def _below(path: str, base_path: str) -> bool:
    # A proxy may decode twice, and dots would then climb out of the base path.
    steps = unquote(unquote(path)).replace("\\", "/").split("/")
    return path.startswith(base_path) and not {".", ".."} & set(steps)
