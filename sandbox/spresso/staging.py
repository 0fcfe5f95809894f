"""What can be arranged in an organization: orders, messages, faults, settings and tokens."""

from sandbox.spresso import shopping, wire
from sandbox.spresso.account import Account
from sandbox.spresso.state import Json
from sandbox.spresso.words import EVENTS
from sandbox.world import World


def open_account(
    world: World,
    name: str,
    token: str = "",
    client_id: str = "",
    client_secret: str = "",
    webhook_secret: str = "",
) -> Account:
    """An organization with whatever opens it; an existing one of that name starts anew."""
    tokens = {token} if token else set()
    secret = webhook_secret or f"webhook-secret-of-{name}"
    world.spresso[name] = Account(name, tokens, client_id, client_secret, secret)
    return world.spresso[name]


def access_of(account: Account) -> Json:
    return {
        "name": account.name,
        "tokens": sorted(account.tokens),
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "webhook_secret": account.webhook_secret,
    }


def place_orders(world: World, account: Account, wish: Json) -> object:
    placed = shopping.place_orders(account, wish)
    return {"orders": [wire.order(account, each) for each in placed]}


def cancel(world: World, account: Account, wish: Json) -> object:
    order = account.order(wish["id"])
    shopping.cancel(account, order, wish)
    return wire.order(account, order)


def announce(world: World, account: Account, wish: Json) -> object:
    """A message once more, late, to another address, signed by another, or different."""
    order = account.order(wish["id"])
    for _ in range(int(wish.get("times", 1))):
        shopping.announce(
            account,
            order,
            _event(wish["event"]),
            form=wish.get("form", "full"),
            change=wish.get("change"),
            at=_event(wish["at"]) if "at" in wish else "",
            secret=wish.get("secret", ""),
            enveloped=wish.get("enveloped"),
        )
    return {"announced": wish["event"]}


def show_order(world: World, account: Account, wish: Json) -> object:
    """The body of its message, to be loaded by hand where the message was lost."""
    return wire.order(account, account.order(wish["id"]))


def register_webhooks(world: World, account: Account, wish: Json) -> object:
    """The addresses of each event; there may be several."""
    for event, urls in wish.items():
        account.urls[_event(event)] = [str(url) for url in urls]
    return account.urls


def _event(name: str) -> str:
    if name not in EVENTS:
        raise ValueError(f"an event is one of {', '.join(EVENTS)}")
    return name


def add_token(world: World, account: Account, wish: Json) -> object:
    account.tokens.add(str(wish["token"]))
    return access_of(account)


def revoke_tokens(world: World, account: Account, wish: Json) -> object:
    """One that is named or, where none is, all of them: fixed and given."""
    for kept in (account.tokens, account.fetched):
        for token in [each for each in kept if wish.get("token") in (None, each)]:
            kept.discard(token) if isinstance(kept, set) else kept.pop(token)
    return access_of(account)
