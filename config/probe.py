"""`python -m config.probe`: ends with 0 when the site in this container answers, else with 1.

Asks under a name that the site answers to, over the port it listens on. Loads no Django: it runs
every few seconds.
"""

import http.client
import os
import sys

SECONDS = 5.0


def host() -> str:
    """Return a host name that ALLOWED_HOSTS lets in."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return "localhost" if first in ("", "*") else first


def answers(port: int) -> bool:
    """Tell whether the site is alive."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/live", headers={"Host": host()})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(int(os.environ.get("PORT", "8000"))) else 1)
