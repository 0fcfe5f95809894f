"""`manage.py connect_store`: connects a merchant's store, in words, step by step."""

import sys
import time
from argparse import ArgumentParser, BooleanOptionalAction
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from locations.models import (
    CancellationPolicy,
    Location,
    LocationState,
    RequestPolicy,
    StockPolicy,
    Store,
    Warehouse,
)
from platforms import registry
from platforms.errors import PlatformError, Refusal
from platforms.interface import CredentialField, Option, Platform
from relay import arrivals, connecting, connections, health, mapping, registration
from relay.connecting import Wish
from relay.management.teaching import TeachingCommand

HELP = """\
Connect a merchant's store, or give a connected one a new token.

The token is tried before it is kept: a token that does not work never replaces one that does.
Then a warehouse is registered at the store, so that its orders can be assigned to us. Running
the same line again is safe: it changes what differs and adds nothing twice.
"""
EXAMPLE = """\
example, with the token in a file that only you can read:

  manage.py connect_store next29 acme-outdoors --merchant "Acme Outdoors" \\
      --warehouse Reno --token-file /run/secrets/acme-token

The token is never taken from the command line, where other users of the machine could see it.
Without --token-file it is read from standard input; at a terminal you are asked for it.
"""
LOOK_SECONDS = 0.2


class Command(TeachingCommand):
    """Creates or updates a merchant and a store, tries the token, registers a warehouse."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options. What is left out stays as it is at a store that is known."""
        platforms = sorted(registry.PLATFORMS)
        parser.add_argument("platform", choices=platforms, help="where the store lives")
        parser.add_argument("account", help="the store's name there, such as acme-outdoors")
        parser.add_argument("--merchant", help="whose store it is; created when new")
        parser.add_argument("--name", help="what we call the store (default: like the merchant)")
        parser.add_argument(
            "--token-file",
            type=Path,
            metavar="FILE",
            help="file with the token in its first line (default: ask, or standard input)",
        )
        parser.add_argument("--base-url", metavar="URL", help="API address, if not the usual one")
        parser.add_argument(
            "--policy",
            choices=RequestPolicy.values,
            help="who decides on requests; shadow: a person, and it is compared (default: by_hand)",
        )
        parser.add_argument(
            "--cancellations",
            choices=CancellationPolicy.values,
            help="who decides on cancellations, likewise (default: by_hand)",
        )
        parser.add_argument(
            "--read-orders",
            action=BooleanOptionalAction,
            help="read e-mail address and test mark of each order; needs the scope orders:read",
        )
        parser.add_argument(
            "--tell-tracking",
            action=BooleanOptionalAction,
            help="tell the store what carriers say; needs orders:read and orders:write",
        )
        parser.add_argument(
            "--stock",
            choices=StockPolicy.values,
            help="which figure it is told of stock; sellable: less what other stores' orders hold "
            "(default: off); needs catalogue:read and catalogue:write",
        )
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a setting that only this platform has; docs/reference/platforms.md lists them",
        )
        parser.add_argument(
            "--warehouse", help="register this one; may be left out while there is only one"
        )
        parser.add_argument(
            "--location",
            metavar="NUMBER",
            help="the warehouse's location there, on a platform where we cannot register one",
        )
        parser.add_argument(
            "--no-register", action="store_true", help="do not register a warehouse at the store"
        )
        parser.add_argument(
            "--wait",
            type=float,
            default=60.0,
            metavar="SECONDS",
            help="how long to wait for the store to confirm the warehouse (default: 60)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Connect, then register. Every way that fails says why."""
        platform = registry.get(options["platform"])
        warehouse = None if options["no_register"] else _warehouse(options["warehouse"])
        store = self._connect(_wish(platform, options))
        if warehouse and platform.capabilities.registers_locations:
            self._register(store, warehouse, options["wait"])
        elif warehouse:
            self._assign(store, warehouse, options["location"])
        if platform.capabilities.lists_work:
            self.say(f'Done. To ask it for work now: manage.py pull "{store}"')
        else:
            self.say("Done. It sends its orders to:")
            for name, address in arrivals.addresses(store):
                self.say(f"  {name}: {address}")

    def _connect(self, wish: Wish) -> Store:
        try:
            done = connecting.connect(wish)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        store = done.store
        self.say(f"Merchant {store.merchant}: {'new' if done.new_merchant else 'known'}.")
        self.say(f"Store {store} ({store.account} on {store.platform.label}): {done.what}.")
        self.say(f"  Requests: {store.get_request_policy_display()}.")
        self.say(f"  Cancellations: {store.get_cancellation_policy_display()}.")
        if store.reads_orders:
            self.say("  Whole orders: read, before a rule accepts one.")
        if store.tells_tracking:
            self.say("  What carriers say: told to the store.")
        if store.stock_policy != StockPolicy.OFF:
            self.say(f"  Stock: {store.get_stock_policy_display()}.")
        if done.failure:
            raise CommandError(f"The connection does not work. {done.failure}\n{done.left}")
        self.say(f"Connection tested. {store.check_result}")
        return store

    def _register(self, store: Store, warehouse: Warehouse, wait: float) -> None:
        try:
            with connections.client_for(store, "compare locations") as client:
                location = registration.ensure(store, warehouse, client)
        except (Refusal, PlatformError) as error:
            raise CommandError(f"{warehouse} cannot be registered. {error}") from error
        if location.state == LocationState.WANTED and health.worker() != health.ALIVE:
            self.say(
                f"Warehouse {warehouse}: waits to be registered, for no worker runs. "
                "Start one: manage.py worker"
            )
            return
        self._await(location, wait)
        self.say(f"Warehouse {warehouse}: number {location.ref} at the store.")

    def _assign(self, store: Store, warehouse: Warehouse, ref: str | None) -> None:
        if not ref:
            self.say(
                f"Warehouse {warehouse}: not assigned. Say which of the store's locations it is: "
                "--location with its number, or on the store's page."
            )
            self._list_locations(store)
            return
        try:
            location = mapping.assign(store, warehouse, ref)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.say(f"Warehouse {warehouse}: location {location.ref} at the store.")

    def _list_locations(self, store: Store) -> None:
        """Say which locations the store has, where it can be asked."""
        if not store.platform.capabilities.lists_locations:
            return
        try:
            with connections.client_for(store, "list locations") as client:
                places = client.fetch_locations()
        except PlatformError as error:
            raise CommandError(f"Its locations cannot be read. {error}") from error
        for place in places:
            self.say(f"  {place.ref}: {place.name}")

    def _await(self, location: Location, seconds: float) -> None:
        """The worker tells the store, as it tells it everything; here we only look on."""
        deadline = time.monotonic() + seconds
        while location.state == LocationState.WANTED:
            if time.monotonic() > deadline:
                raise CommandError(
                    f"{location.warehouse} is not registered after {seconds:g} seconds. The "
                    "worker goes on trying; Outbound calls in the admin shows what the store says."
                )
            time.sleep(LOOK_SECONDS)
            location.refresh_from_db()
        if location.state == LocationState.REFUSED:
            raise CommandError(f"The store refused {location.warehouse}: {location.remark}")


def _wish(platform: Platform, options: dict[str, Any]) -> Wish:
    return Wish(
        platform=platform,
        account=options["account"],
        credentials=_credentials(platform, options["token_file"]),
        options=_options(platform, options["option"]),
        merchant=(options["merchant"] or "").strip(),
        changes={
            field: options[option]
            for option, field in {
                "name": "name",
                "base_url": "base_url",
                "policy": "request_policy",
                "cancellations": "cancellation_policy",
                "read_orders": "reads_orders",
                "tell_tracking": "tells_tracking",
                "stock": "stock_policy",
            }.items()
            if options[option] is not None
        },
    )


def _options(platform: Platform, given: list[str]) -> dict[str, Any]:
    """Read each NAME=VALUE as the platform's option of that name wants it."""
    known = {option.name: option for option in platform.options}
    read: dict[str, Any] = {}
    for each in given:
        name, _, value = each.partition("=")
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise CommandError(f"{platform.label} has no option {name!r}. It has: {names}.")
        read[name] = _value(known[name], value)
    return read


def _value(option: Option, text: str) -> str | bool | int:
    if isinstance(option.default, bool):
        if text not in ("yes", "no"):
            raise CommandError(f"--option {option.name} is yes or no, not {text!r}.")
        return text == "yes"
    if isinstance(option.default, int):
        if not text.isdecimal():
            raise CommandError(f"--option {option.name} is a number, not {text!r}.")
        return int(text)
    return text.replace("\\n", "\n") if option.lines else text


def _credentials(platform: Platform, file: Path | None) -> dict[str, str]:
    """Read the credentials that the platform asks for: a line each, in its order.

    A line `name=value` gives one by its name; so are those given that may be left out.
    """
    if file is None and sys.stdin.isatty():
        asked = {field.name: getpass(f"{_asked(field)}: ") for field in platform.credentials}
        found = {name: value.strip() for name, value in asked.items() if value.strip()}
    else:
        found = _named(platform, [line.strip() for line in _lines(file)])
    missing = [f.label for f in platform.credentials if f.required and not found.get(f.name)]
    if missing:
        raise CommandError(f"{platform.label} needs, one line each: {', '.join(missing)}.")
    return found


def _asked(field: CredentialField) -> str:
    return field.label if field.required else f"{field.label} (Enter: none)"


def _named(platform: Platform, lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    names = {field.name for field in platform.credentials}
    in_order = iter([field.name for field in platform.credentials if field.required])
    for line in filter(None, lines):
        name, sign, value = line.partition("=")
        if sign and name in names:
            found[name] = value.strip()
        elif name := next(in_order, ""):
            found[name] = line
    return found


def _lines(file: Path | None) -> list[str]:
    try:
        return (file.read_text() if file else sys.stdin.read()).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise CommandError(f"{file or 'Standard input'} cannot be read: {reason}.") from error


def _warehouse(name: str | None) -> Warehouse:
    """Return the warehouse meant; the only one there is when none is named."""
    known = list(Warehouse.objects.all())
    names = ", ".join(str(warehouse) for warehouse in known)
    if not known:
        raise CommandError(
            "There is no warehouse yet. Add one in the admin under Warehouses, or connect "
            "without one: --no-register"
        )
    if name is None and len(known) > 1:
        raise CommandError(f"Say which warehouse: --warehouse with one of {names}.")
    meant = [each for each in known if name is None or each.name.lower() == name.strip().lower()]
    if not meant:
        raise CommandError(f"There is no warehouse “{name}”. There are: {names}.")
    return meant[0]
