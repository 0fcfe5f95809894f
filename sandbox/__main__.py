"""Start the sandbox from a terminal: python -m sandbox."""

import argparse
import errno
import signal
import sys
import threading
from collections.abc import Callable

from sandbox.fulfillment_com.staging import open_warehouse
from sandbox.haravan.staging import open_new_store as open_haravan_shop
from sandbox.next29.apps import CLIENT_ID, CLIENT_SECRET, SITE
from sandbox.next29.staging import open_new_store
from sandbox.server import bind
from sandbox.spree_hub.routes import open_hub, run_clock
from sandbox.spresso.staging import open_account
from sandbox.world import World

HARAVAN_SHOPS = {"gom-may": "sandbox-gom-may-token"}
STORES = {"acme-outdoors": "sandbox-acme-token", "blue-harbor": "sandbox-blue-token"}
SPRESSO = {
    "name": "harbor-goods",
    "token": "sandbox-harbor-token",
    "client_id": "harbor3pl-client",
    "client_secret": "sandbox-harbor-client-secret",
    "webhook_secret": "sandbox-harbor-webhook-secret",
}
PARTNER = {
    "name": "savannah",
    "client_id": "crossdock-client",
    "client_secret": "sandbox-savannah-client-secret",
    "username": "integration@northwind.example",
    "password": "sandbox-savannah-password",
}
SPREE_HUB = {"name": "acme-goods", "token": "sandboxhubtoken0123456789abcdef01"}

TEACHING = """\
The sandbox plays shop platforms, so that you can connect a store, place orders in it and watch
what the fulfillment side does, without an account anywhere.

  open   http://127.0.0.1:8029/                        place orders, ask to cancel, switch faults on
  call   http://127.0.0.1:8029/next29/acme-outdoors/api/admin/locations/
  look   http://127.0.0.1:8029/next29/acme-outdoors/_sandbox/state   (calls, effects, violations)

Everything is kept in memory and gone when the sandbox stops.
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Serve fake shop platforms over HTTP.",
        epilog=TEACHING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8029, help="0 takes any free one (8029)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument(
        "--site",
        default=SITE,
        metavar="URL",
        help=f"where the app lives that merchants install ({SITE})",
    )
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        metavar="N",
        help="begin all numbers N later, for a reader who remembers an earlier run (0)",
    )
    return parser.parse_args()


def main() -> int:
    wanted = arguments()
    world = World()
    for subdomain, token in STORES.items():
        store = open_new_store(world, subdomain, token)
        store.skip_numbers(wanted.skip)
        store.app.live_at(wanted.site)
    open_account(world, **SPRESSO).skip_numbers(wanted.skip)
    for name, token in HARAVAN_SHOPS.items():
        open_haravan_shop(world, name, token).skip_numbers(wanted.skip)
    site = f"{wanted.site.rstrip('/')}/spree_hub"
    open_hub(world, **SPREE_HUB, base_url=site, automatic=True).counter += wanted.skip
    open_warehouse(world, **PARTNER).skip_numbers(wanted.skip)
    run_clock(world)
    try:
        server = bind(world, wanted.host, wanted.port)
    except OSError as error:
        sys.stderr.write(_complaint(wanted.host, wanted.port, error))
        return 2
    _stop_on_signals(server.shutdown)
    sys.stdout.write(_greeting(f"http://{wanted.host}:{server.port}"))
    sys.stdout.flush()
    server.serve_forever(0.1)
    return 0


def _complaint(host: str, port: int, error: OSError) -> str:
    reason = "something else listens there already"
    if error.errno != errno.EADDRINUSE:
        reason = str(error.strerror)
    return f"Cannot listen on {host} port {port}: {reason}. Choose another with --port.\n"


def _greeting(url: str) -> str:
    stores = [
        f"  29 Next store {url}/next29/{subdomain}  token {token}\n"
        for subdomain, token in STORES.items()
    ]
    stores += [
        f"  Haravan shop {url}/haravan/{name}  token {token}\n"
        for name, token in HARAVAN_SHOPS.items()
    ]
    app = f"  App of all stores: client id {CLIENT_ID}  client secret {CLIENT_SECRET}\n"
    spresso = (
        f"  Spresso        {url}/spresso/{SPRESSO['name']}  token {SPRESSO['token']}  "
        f"webhook secret {SPRESSO['webhook_secret']}\n"
    )
    hub = f"  Spree hub      {url}/spree_hub/{SPREE_HUB['name']}  token {SPREE_HUB['token']}\n"
    partner = (
        f"  Partner        {url}/fulfillment_com/{PARTNER['name']}/v2  client "
        f"{PARTNER['client_id']} {PARTNER['client_secret']}  login {PARTNER['username']} "
        f"{PARTNER['password']}\n"
    )
    shops = "".join(stores) + app + spresso + hub
    return f"Sandbox at {url}/ (stop with Ctrl-C)\n{shops}{partner}"


def _stop_on_signals(shutdown: Callable[[], None]) -> None:
    """The server waits for its own loop to end, so it must be told from another thread."""

    def stop(_number: int, _frame: object) -> None:
        threading.Thread(target=shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


if __name__ == "__main__":
    sys.exit(main())
