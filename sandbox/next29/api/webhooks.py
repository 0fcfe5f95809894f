"""Webhook subscriptions."""

from urllib.parse import urlsplit

from sandbox.clock import now
from sandbox.next29 import errors, wire
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.state import SERVICE, Webhook

CHANGEABLE = ("events", "target", "name", "api_version", "secret_key", "active")


def index(visit: Visit) -> Answer:
    hooks = [hook for hook in visit.store.webhooks.values() if _fits(visit, hook)]
    return visit.page(hooks, wire.webhook)


def retrieve(visit: Visit, id: int) -> Answer:
    return Answer(wire.webhook(_find(visit, id)))


def create(visit: Visit) -> Answer:
    new_id = next(visit.store.webhook_ids)
    hook = Webhook(new_id, [], "")
    _write(hook, visit)
    visit.store.webhooks[new_id] = hook
    visit.store.effect("webhook-create", None, SERVICE, webhook_id=new_id)
    return Answer(wire.webhook(hook), 201)


def update(visit: Visit, id: int) -> Answer:
    hook = _find(visit, id)
    _write(hook, visit)
    visit.store.effect("webhook-update", None, SERVICE, webhook_id=id)
    return Answer(wire.webhook(hook))


def destroy(visit: Visit, id: int) -> Answer:
    _find(visit, id)
    del visit.store.webhooks[id]
    visit.store.effect("webhook-delete", None, SERVICE, webhook_id=id)
    return Answer(None, 204)


def _find(visit: Visit, id: int) -> Webhook:
    hook = visit.store.webhooks.get(id)
    if hook is None:
        raise errors.not_found()
    return hook


def _write(hook: Webhook, visit: Visit) -> None:
    if "target" in visit.body and not _reachable_safely(visit.body["target"]):
        raise errors.invalid({"target": ["The target must be an https URL."]})
    for event in visit.body.get("events", []):
        if event in visit.store.settings.apps_only and not visit.is_app:
            raise errors.invalid({"events": [f'"{event}" is for apps only.']})
    for name in CHANGEABLE:
        if name in visit.body:
            setattr(hook, name, visit.body[name])
    hook.updated_at = now()


def _reachable_safely(target: str) -> bool:
    """The platform wants https; a receiver on this machine may do without."""
    url = urlsplit(target)
    host = url.hostname or ""
    return url.scheme == "https" or host.startswith("127.") or "." not in host


def _fits(visit: Visit, hook: Webhook) -> bool:
    name, active = visit.one("name"), visit.one("active")
    return name in (None, hook.name) and active in (None, str(hook.active).lower())
