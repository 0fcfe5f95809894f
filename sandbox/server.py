"""The web application around a world, and the real socket it can be served on."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, Response, render_template, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.exchange import HungUp
from sandbox.fulfillment_com.routes import blueprint as fulfillment_com
from sandbox.haravan.routes import blueprint as haravan
from sandbox.next29.routes import blueprint as next29
from sandbox.spree_hub.routes import blueprint as spree_hub
from sandbox.spresso.routes import blueprint as spresso
from sandbox.world import World

BACKLOG = 128


def create_app(world: World) -> Flask:
    """All platforms of the world behind one application."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    app.register_error_handler(HungUp, hang_up)
    app.register_blueprint(next29(world), url_prefix="/next29")
    app.register_blueprint(spresso(world), url_prefix="/spresso")
    app.register_blueprint(haravan(world), url_prefix="/haravan")
    app.register_blueprint(spree_hub(world), url_prefix="/spree_hub")
    app.register_blueprint(fulfillment_com(world), url_prefix="/fulfillment_com")

    @app.get("/")
    def front() -> str:
        return render_template(
            "front.html",
            stores=list(world.next29.values()),
            spresso=list(world.spresso.values()),
            haravan=list(world.haravan.values()),
            spree_hubs=list(world.spree_hub.values()),
            partners=list(world.fulfillment_com.values()),
        )

    return app


def hang_up(_: HungUp) -> Response:
    """Close the caller's connection in its face."""
    line = request.environ.get("werkzeug.socket")
    if line is None:
        raise ConnectionError("The sandbox closed the connection without an answer.")
    line.shutdown(socket.SHUT_RDWR)
    return Response()


class QuietHandler(WSGIRequestHandler):
    """The recorder keeps the calls; the terminal stays readable."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def bind(world: World, host: str, port: int) -> BaseWSGIServer:
    """A server ready to run; an occupied port is an OSError, not an exit of the process."""
    listener = socket.create_server((host, port), backlog=BACKLOG)
    server = make_server(
        host,
        port,
        create_app(world),
        threaded=True,
        request_handler=QuietHandler,
        fd=listener.fileno(),
    )
    listener.close()
    return server


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: where to call it, and its world to look into from the same process."""

    url: str
    world: World


@contextlib.contextmanager
def serve(port: int = 0, host: str = "127.0.0.1", world: World | None = None) -> Iterator[Sandbox]:
    """Serve a world from a thread for as long as the block lasts; port 0 takes any free one."""
    world = world or World()
    server = bind(world, host, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Sandbox(f"http://{host}:{server.port}", world)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
