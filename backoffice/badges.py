"""The small coloured labels that say at a glance how something stands."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(text: str, tone: str = "") -> SafeString:
    """Return a label. Tones: good, wait, stop, info; none is neutral."""
    return format_html('<span class="xd-badge xd-{}">{}</span>', tone or "plain", text)
