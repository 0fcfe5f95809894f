"""Says by when an order must leave: the time left, and the moment on its warehouse’s clocks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.badges import badge
from fulfillment.admin import words
from fulfillment.models import FulfillmentOrder

SOON = timedelta(hours=4)
NEAR_DAYS = {0: "today", 1: "tomorrow", -1: "yesterday"}


def label(order: FulfillmentOrder) -> SafeString | str:
    """Return a badge for what is late or due soon, and the moment; empty when no clock runs."""
    if not order.is_owed or order.fulfill_by is None or order.warehouse is None:
        return ""
    when = moment(order.fulfill_by, order.warehouse.zone)
    left = order.fulfill_by - timezone.now()
    if left < timedelta(0):
        mark = badge(f"Late by {words.age(order.fulfill_by)}", "stop")
    elif left < SOON:
        mark = badge(f"{span(left)} left", "wait")
    else:
        return when
    return format_html('{} <span class="xd-soft">{}</span>', mark, when)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return `today 16:00`, with the zone where the reader's clocks may show another time."""
    local, now = at.astimezone(zone), timezone.now().astimezone(zone)
    day = NEAR_DAYS.get((local.date() - now.date()).days, f"{local:%a %Y-%m-%d}")
    return f"{day} {local:%H:%M}{_zone_named(zone)}"


def span(left: timedelta) -> str:
    """Return how much time is left: 2 h 10 min."""
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    parts = [(minutes // 60, "h"), (minutes % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _zone_named(zone: ZoneInfo) -> str:
    """Name the zone, unless it is the reader's: `America/Los_Angeles` is Los Angeles time."""
    if zone.key == timezone.get_current_timezone_name():
        return ""
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return f" {place} time" if "/" in zone.key else f" {place}"
