"""`manage.py connect_partner`: gives a warehouse to the partner who runs it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from fulfillment.handover import accounts
from fulfillment.models import PartnerAccount
from locations.models import Merchant, Warehouse
from platforms import partner_registry
from platforms.errors import PlatformError
from platforms.partners import Partner
from relay.management.teaching import TeachingCommand

HELP = """\
Connect the partner who runs a warehouse of ours, or give a connected one new credentials.

From then on each order of this merchant that is accepted for this warehouse is handed to the
partner, and nobody here picks it. The login is tried first; one that does not work is not kept.
"""
EXAMPLE = """\
example, with the secrets in a file that only you can read, one a line, such as client_id=...:

  manage.py connect_partner fulfillment_com --warehouse Savannah --merchant "Northwind" \\
      --secrets-file /run/secrets/savannah --begins-with CD-

Secrets are never taken from the command line, where other users of the machine could see them.
"""


class Command(TeachingCommand):
    """Creates or updates the account of a merchant at the partner of a warehouse."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options. What is left out stays as it is at an account that is known."""
        parser.add_argument(
            "partner", choices=sorted(partner_registry.PARTNERS), help="what it speaks"
        )
        parser.add_argument("--warehouse", required=True, help="which warehouse the partner runs")
        parser.add_argument("--merchant", required=True, help="whose goods the login is for")
        parser.add_argument(
            "--secrets-file",
            type=Path,
            metavar="FILE",
            required=True,
            help="file with client_id=, client_secret=, username= and password=, one a line",
        )
        parser.add_argument("--base-url", metavar="URL", help="API address, if not the usual one")
        parser.add_argument(
            "--begins-with", metavar="TEXT", help="what our numbers begin with at the partner"
        )
        parser.add_argument(
            "--method", metavar="NAME", help="the partner's shipping method (default: Ground)"
        )
        parser.add_argument(
            "--unit-value",
            metavar="USD",
            help="what one unit is declared to be worth (default: 0)",
        )
        parser.add_argument(
            "--follow-stock",
            action="store_true",
            default=None,
            help="let our stock there follow the partner's",
        )
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help=_option_help()
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Try the login, then keep it. Every way that fails says why."""
        partner = partner_registry.get(options["partner"])
        account = _account(partner, options)
        secrets = _read_secrets(partner, options["secrets_file"])
        try:
            said = accounts.connect(account, **secrets)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PlatformError as error:
            raise CommandError(f"Nothing was kept. {error}") from error
        self.say(said)
        self.say(f"Orders accepted for {account.warehouse} are handed over within a minute.")


def _option_help() -> str:
    known = {option.name for each in partner_registry.PARTNERS.values() for option in each.options}
    return f"a setting of the partner: {', '.join(sorted(known))}"


def _account(partner: Partner, options: dict[str, Any]) -> PartnerAccount:
    warehouse = Warehouse.objects.filter(name=options["warehouse"]).first()
    merchant = Merchant.objects.filter(name=options["merchant"]).first()
    if warehouse is None or merchant is None:
        missing = "warehouse" if warehouse is None else "merchant"
        raise CommandError(f"There is no {missing} {options[missing]}.")
    known = PartnerAccount.objects.filter(warehouse=warehouse, merchant=merchant).first()
    account = known or PartnerAccount(warehouse=warehouse, merchant=merchant)
    account.partner_key = partner.key
    given = {
        "base_url": options["base_url"],
        "begins_with": options["begins_with"],
        "usual_method": options["method"],
        "unit_value": options["unit_value"],
        "follows_stock": options["follow_stock"],
    }
    for name, value in given.items():
        if value is not None:
            setattr(account, name, value)
    account.options = {**account.options, **_read_options(partner, options["option"])}
    return account


def _read_options(partner: Partner, pairs: list[str]) -> dict[str, Any]:
    usual = partner.filled_in({})
    found: dict[str, Any] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in usual:
            raise CommandError(f"{partner.label} has no option {name!r}.")
        switch = isinstance(usual[name], bool)
        found[name] = value.lower() in ("yes", "true", "1") if switch else value
    return found


def _read_secrets(partner: Partner, path: Path) -> dict[str, str]:
    """Read `client_id=...` and so on; the names may have the partner's own beginning."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    pairs = (line.partition("=") for line in lines if "=" in line)
    given = {name.strip().lower(): value for name, _, value in pairs}
    found = {}
    for each in partner.credentials:
        short = each.name.partition("_")[2]
        value = given.get(each.name, given.get(short, ""))
        if each.required and not value.strip():
            raise CommandError(f"{path} has no line {short}=...")
        found[each.name] = value
    return found
