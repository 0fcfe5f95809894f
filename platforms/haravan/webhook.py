"""Proves and reads what a Haravan store sends: signed webhooks, of the store's own or of the app.

There is no number of a delivery and no moment in what is signed, so that a message may come twice,
late, and in any order: each is a hint, and the order is fetched. Contract haravan, section 14.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from platforms.accounts import is_account
from platforms.errors import BadSignature, UnknownSender
from platforms.haravan import topics
from platforms.interface import Endpoint, Inbound, Notice, Sender
from platforms.jsontext import read_object
from platforms.values import read_id, read_text

TOPIC_HEADER = "x-haravan-topic"
ORG_HEADER = "x-haravan-org-id"
SIGNATURE_HEADER = "x-haravan-hmacsha256"
ORDER_HEADER = "x-haravan-order-id"
TEST_HEADER = "x-haravan-test"
KEPT_HEADERS = frozenset({TOPIC_HEADER, ORG_HEADER, ORDER_HEADER, TEST_HEADER, "content-type"})
DOMAIN = ".myharavan.com"
API_URL = "https://apis.haravan.com/"


def base_url(account: str) -> str:
    """Return the API address, the same for every store: `acme` or `acme.myharavan.com`.

    Raises ValueError, in words, for what cannot be a store. Contract haravan, section 2.
    """
    if not is_account(normal_account(account)):
        raise ValueError(
            f"{account!r} is not a Haravan store. Write its name, such as acme or acme{DOMAIN}."
        )
    return API_URL


def normal_account(account: str) -> str:
    """Return the name that both spellings of a store share."""
    return account.strip().lower().removesuffix(DOMAIN)


def authenticate(inbound: Inbound, sender: Sender) -> str:
    """Verify the signature over the bytes as they came: Base64 of an HMAC-SHA256.

    Raises BadSignature, and UnknownSender when a proven message names another organisation, in its
    header or its body. Returns a remark when the store's own is not known. Contract haravan,
    sections 14.3, 14.4 and 18 (R14, R15).
    """
    if not sender.secrets:
        raise BadSignature("No secret is known for this store's webhooks.")
    given = _signature(inbound)
    fits = [hmac.compare_digest(given, _signed(inbound.body, each)) for each in sender.secrets]
    if not any(fits):
        raise BadSignature("The signature does not fit the message.")
    return _check_organisation(inbound, str(sender.options.get("org_id") or "").strip())


def read(inbound: Inbound) -> Notice:
    """Return the topic in one spelling, and the order that it is about; never raises.

    A proven message is answered with 200 whatever it holds, or Haravan ends the subscription in
    the end: a test is the topic `test`, and what cannot be read `unreadable`. Contract haravan,
    sections 14.5 and 14.6.
    """
    if inbound.headers.get(TEST_HEADER, "").strip().lower() == "true":
        return Notice(topics.TEST, _key(inbound, topics.TEST, {}), "A test of the subscription.")
    topic = topics.normal(inbound.headers.get(TOPIC_HEADER, ""))
    named = read_id(inbound.headers.get(ORDER_HEADER, ""))
    try:
        subject = _subject(inbound.body)
    except ValueError as error:
        remark = f"A message of the topic {topic[:80]!r} cannot be read: {error}"
        return Notice(topics.UNREADABLE, _key(inbound, topics.UNREADABLE, {}), remark, named)
    return Notice(
        topic[:100], _key(inbound, topic, subject), order_ref=_order(topic, subject) or named
    )


def shake_hands(query: Mapping[str, str], sender: Sender) -> str:
    """Return the challenge of who knows our verify token; else raises BadSignature.

    The token is a setting and no credential: it opens nothing but this answer. Contract haravan,
    section 14.2.
    """
    ours = str(sender.options.get("verify_token") or "").strip()
    given = query.get("hub.verify_token", "")
    known = ours and hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())
    if not known or query.get("hub.mode") != "subscribe":
        raise BadSignature("Whoever asks does not know our verify token.")
    return query.get("hub.challenge", "")


def named_store(inbound: Inbound) -> str:
    """Return the organisation that a message is from; all stores of an app share one address."""
    return read_id(inbound.headers.get(ORG_HEADER, ""))


def _signature(inbound: Inbound) -> bytes:
    given = inbound.headers.get(SIGNATURE_HEADER, "").strip()
    if not given:
        raise BadSignature("The message is not signed.")
    try:
        return base64.b64decode(given.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise BadSignature("The signature is no Base64.") from None


def _signed(body: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256).digest()


def _check_organisation(inbound: Inbound, ours: str) -> str:
    header = named_store(inbound)
    # The header is not signed. What the body says of its own organisation is.
    try:
        body = read_id(_subject(inbound.body).get("org_id"))
    except ValueError:
        body = ""
    for named in (header, body):
        if named and named != (ours or header or named):
            raise UnknownSender(f"The message is about the organisation {named}, not this store.")
    return "" if ours else "The organisation of this store is not known, so it was not compared."


def _subject(body: bytes) -> dict[str, Any]:
    """Return the object a message is about; raises ValueError. One integrator saw it wrapped."""
    found = read_object(body)
    inner = found.get("data")
    return inner if "id" not in found and isinstance(inner, dict) else found


def _order(topic: str, subject: Mapping[str, Any]) -> str:
    if topics.is_about_an_order(topic):
        return read_id(subject.get("id"))
    return read_id(subject.get("order_id")) if topic.startswith("refunds/") else ""


def _key(inbound: Inbound, topic: str, subject: Mapping[str, Any]) -> str:
    """Return what is the same for each delivery of one message. Contract, section 14.6."""
    org, ref = named_store(inbound), read_id(subject.get("id"))
    version = read_text(subject.get("updated_at"))[:40] if ref else ""
    version = version or hashlib.sha256(inbound.body).hexdigest()
    return f"{org}:{topic[:60]}:{ref}:{version}"


WEBHOOK = Endpoint(
    authenticate,
    read,
    KEPT_HEADERS,
    # What is not answered with 200 is sent again, and in the end not at all.
    unknown_sender_status=200,
    shakes_hands=shake_hands,
)
APP = Endpoint(
    authenticate,
    read,
    KEPT_HEADERS,
    unknown_sender_status=200,
    shakes_hands=shake_hands,
    names_store=named_store,
    named_by="org_id",
)
