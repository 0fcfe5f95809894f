"""Calls the provider: sends, hears, and sends again what went wrong. Contract, sections 4 and 9."""

import json
import threading
import time
from typing import Any

import requests

from sandbox.spree_hub import envelopes, hearing, storefront
from sandbox.spree_hub.state import Hub, Json, Sent, Shipment, new_id

PATIENCE = 180.0
GOOD = (200, 206)
AT_ONCE = 4
MOST_PAGES = 200
KEPT_CALLS = 20_000


def send(hub: Hub, path: str, shipment: Shipment, call_id: str = "") -> Sent:
    """Tell the provider about a shipment."""
    call_id = call_id or new_id(hub.settings.cangaroo)
    with hub.lock:
        body = envelopes.about(hub, path, shipment, call_id)
    return _with_faults(hub, path, call_id, body)


def _with_faults(hub: Hub, path: str, call_id: str, body: Json) -> Sent:
    match hub.draw():
        case "lose_answer":
            lost = _post(hub, path, call_id, body)
            lost.fault = "lose_answer"
            hub.parked.append(lost)
            return lost
        case "repeat":
            _hear(hub, _post(hub, path, call_id, body))
        case "repeat_at_once":
            for twin in _at_once(hub, path, call_id, body):
                _hear(hub, twin)
        case "new_id":
            other = new_id(hub.settings.cangaroo)
            name = "message_id" if hub.settings.generation == 1 else "request_id"
            _hear(hub, _post(hub, path, other, {**body, name: other}))
    return _hear(hub, _post(hub, path, call_id, body))


def _at_once(hub: Hub, path: str, call_id: str, body: Json) -> list[Sent]:
    found: list[Sent] = []
    barrier = threading.Barrier(AT_ONCE)

    def post() -> None:
        barrier.wait()
        found.append(_post(hub, path, call_id, body))

    threads = [threading.Thread(target=post) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def retry(hub: Hub) -> list[Sent]:
    """Send again, with the same ids, what failed or was not heard."""
    with hub.lock:
        parked, hub.parked = hub.parked, []
    return [_hear(hub, _post(hub, each.path, each.id, each.body)) for each in parked]


def poll(hub: Hub, path: str) -> list[Sent]:
    """Ask what is new, page by page where the merchant wants pages."""
    answers: list[Sent] = []
    page = 1 if hub.settings.pages else None
    while len(answers) < MOST_PAGES:
        call_id, began = new_id(hub.settings.cangaroo), int(time.time())
        with hub.lock:
            body = envelopes.poll(hub, path, call_id, page)
        lost = hub.draw() == "lose_answer"
        sent = _post(hub, path, call_id, body)
        answers.append(sent)
        if lost or sent.status not in GOOD or not _is_taken(hub, sent):
            # A poll is not repeated as it was: the next one asks the same again.
            sent.fault = "lose_answer" if lost else ""
            return answers
        storefront.apply(hub, sent.answer)
        _keep_parameters(hub, path, sent.answer)
        hub.last_poll[path] = began
        if sent.status == 200:
            return answers
        page = (page or 1) + 1
    return answers


def _hear(hub: Hub, sent: Sent) -> Sent:
    """Hand what was heard to the shop, or put the call aside to be sent again."""
    if sent.status == 200 and _is_taken(hub, sent):
        storefront.apply(hub, sent.answer)
    elif sent.status not in (401, 406):
        hub.parked.append(sent)
    return sent


def _is_taken(hub: Hub, sent: Sent) -> bool:
    """Tell whether the hub can do anything with an answer; a Cangaroo takes no faulty one."""
    return isinstance(sent.answer, dict | list) and not (hub.settings.cangaroo and sent.violations)


def _keep_parameters(hub: Hub, path: str, body: Any) -> None:
    """The hub keeps what an answer changes, and sends it next time; a Cangaroo does not."""
    given = body.get("parameters")
    if hub.settings.cangaroo or not given:
        return
    with hub.lock:
        if isinstance(given, list):
            hub.parameters |= {each["name"]: each["value"] for each in given}
        elif "since" in given:
            # Each flow has parameters of its own.
            hub.parameters[path] = given["since"]


def _post(hub: Hub, path: str, call_id: str, body: Json) -> Sent:
    sent = Sent(path, call_id, body)
    hub.sent.append(sent)
    del hub.sent[:-KEPT_CALLS]
    began = time.monotonic()
    try:
        answer = requests.post(
            f"{hub.settings.base_url.rstrip('/')}/{path}",
            data=json.dumps(body),
            headers=_headers(hub),
            timeout=PATIENCE,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        sent.error = type(error).__name__
        return sent
    sent.seconds, sent.status = time.monotonic() - began, answer.status_code
    try:
        sent.answer = answer.json()
    except ValueError:
        sent.answer = None
    kind = answer.headers.get("Content-Type", "")
    sent.violations += hearing.breaches(hub, sent, kind, answer.text)
    return sent


def _headers(hub: Hub) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if hub.settings.token:
        name = "X-Augury-Token" if hub.settings.generation == 1 else "X-Hub-Token"
        headers[name] = hub.settings.token
    if hub.settings.generation == 2 and not hub.settings.cangaroo:
        headers["X-Hub-Store"] = hub.settings.store_id
    return headers
