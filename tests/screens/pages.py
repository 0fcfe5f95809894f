"""What a person does with a page of ours: opens it, fills it in, sends it, reads the answer."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from fulfillment.models import FulfillmentOrder


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


WORK_LIST = "/admin/fulfillment/fulfillmentorder/"


def listed(client: Client, **query: object) -> list[int]:
    """The ids that the work list shows."""
    answer = client.get(WORK_LIST, query)
    return [row.pk for row in answer.context["cl"].result_list]


def tabs(client: Client) -> dict[str, str]:
    """What each queue counts."""
    answer = client.get(WORK_LIST, {"queue": "all"})
    return {queue.key: count for queue, count, _ in answer.context["queues"] if count}


def page(client: Client, action: str, rows: Iterable[Model]) -> Any:
    """Open an action's page as from a row's own page."""
    rows = list(rows)
    return client.get(address(type(rows[0]), "act", action), {"id": [row.pk for row in rows]})


def page_from_list(client: Client, action: str, rows: Iterable[Model], query: str = "") -> Any:
    """Choose rows in the list and an action, and press Run."""
    rows = list(rows)
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}
    return client.post(f"{address(type(rows[0]), 'changelist')}?{query}", chosen)


def send(client: Client, shown: Any, **filled: object) -> HttpResponse:
    """Send a page that was opened, with what a person filled in."""
    kept = {"confirmed": "1", "seen": shown.context["seen"]}
    kept["list_query"] = shown.context["list_query"]
    return client.post(shown.context["act_url"], {**kept, **filled})


def act(client: Client, action: str, *rows: Model, **filled: object) -> str:
    """Open an action's page, send it, and return what is said afterwards."""
    return said(send(client, page(client, action, rows), **filled))


def said(answer: Any) -> str:
    """The message that this answer leaves for the next page; there is exactly one."""
    assert answer.status_code == 302, text(answer)
    [message] = get_messages(answer.wsgi_request)._queued_messages  # type: ignore[union-attr]
    return str(message)


def text(answer: Any) -> str:
    """What a person reads on a page."""
    body = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode())
    return " ".join(body.replace("&#x27;", "'").split())


def shipping(order: FulfillmentOrder, shown: Any, **wishes: object) -> Mapping[str, object]:
    """Fill in the form of one order on the page that ships: `code0`, `carrier0`, units by SKU."""
    form = next(f for f in shown.context["form"].forms if f.order.pk == order.pk)
    prefix = f"order{order.pk}-"
    filled = {name: form[name].value() or "" for name in form.fields if name != "notify"}
    for name, value in wishes.items():
        filled[re.sub(r"^(code|link)", r"tracking_\1", name)] = value
    return {prefix + name: value for name, value in filled.items()}


def units(order: FulfillmentOrder, **by_sku: int) -> dict[str, object]:
    """The quantity fields of an order, by SKU."""
    return {f"quantity{line.pk}": by_sku[line.sku] for line in order.lines.all()}
