"""Says in a few words where an order is; the same words on every screen."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.badges import badge
from fulfillment.models import FulfillmentOrder, WorkStatus
from fulfillment.transitions import PENDING_WORDS, Action
from platforms.records import RequestStatus

TONE_BY_REQUEST = {
    RequestStatus.REQUESTED: "wait",
    RequestStatus.ACCEPTED: "good",
    RequestStatus.REJECTED: "stop",
    RequestStatus.CANCEL_REQUESTED: "wait",
    RequestStatus.CANCEL_ACCEPTED: "stop",
}
TONE_BY_WORK = {
    WorkStatus.SHIPPED: "good",
    WorkStatus.PARTLY_SHIPPED: "info",
    WorkStatus.CANCELLED: "stop",
    WorkStatus.ALLOCATED: "info",
    WorkStatus.PICKING: "info",
    WorkStatus.PICKED: "info",
    WorkStatus.PACKED: "info",
}


def number(order: FulfillmentOrder) -> str:
    """Say the store's order number, and that it is a test where it is one."""
    test = test_badge(order)
    return format_html("{} {}", order.order, test) if test else str(order.order)


def test_badge(order: FulfillmentOrder) -> str:
    """Mark a test order; nothing for any other."""
    return badge("TEST", "stop") if order.order.is_test else ""


def cash_due(order: FulfillmentOrder) -> str:
    """Say what the carrier collects from the customer; nothing where it is paid."""
    if order.cash_due is None:
        return ""
    amount = f"{order.cash_due:,.2f}".removesuffix(".00")
    return f"Cash on delivery: {amount} {order.cash_currency}"


def cash_badge(order: FulfillmentOrder) -> str:
    """Mark an order that is paid when it arrives; nothing for any other."""
    words = cash_due(order)
    return badge(words, "wait") if words else ""


def request_badge(order: FulfillmentOrder) -> SafeString:
    """Say where the conversation stands; an answer that is not confirmed is shown as such."""
    if order.pending_answer:
        words = PENDING_WORDS[Action(order.pending_answer)].strip("“”")
        return badge(f"{words.capitalize()}: being told", "info")
    tone = TONE_BY_REQUEST.get(RequestStatus(order.request_status), "")
    return badge(order.get_request_status_display(), tone)


def work_badge(order: FulfillmentOrder) -> SafeString:
    """Say how far the floor is."""
    if order.is_held():
        return badge("On hold", "stop")
    tone = TONE_BY_WORK.get(WorkStatus(order.work_status), "")
    return badge(order.get_work_status_display(), tone)


def reason(order: FulfillmentOrder) -> str:
    """Say the status code in words, none of them twice."""
    code = order.status_code
    if code is None:
        return ""
    return code.stage if code.detail == code.stage else str(code)


def age(moment: datetime) -> str:
    """Return how long ago: 4 min, 3 h, 2 d."""
    minutes = max(0, int((timezone.now() - moment).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} d"
