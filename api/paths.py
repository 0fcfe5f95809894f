"""A part of an address that may hold anything: a slash, or a line break, escaped as it must be."""

from django.urls import register_converter


class Anything:
    """The rest of an address."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """Take it as it is."""
        return value

    to_url = to_python


register_converter(Anything, "anything")
