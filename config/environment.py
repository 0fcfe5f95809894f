"""Reads the environment strictly: what cannot be meant is refused, in words that name it."""

import builtins
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv
from environ.fileaware_mapping import FileAwareMapping

TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")


class Values(FileAwareMapping):
    """The environment; `NAME_FILE` names a file that holds the value of NAME."""

    def __getitem__(self, key: str) -> str:
        try:
            # An editor ends a file with a line break that is no part of the secret.
            return str(super().__getitem__(key)).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ImproperlyConfigured(
                f"{key}_FILE names a file that cannot be read: {reason}."
            ) from error


class Environment(FileAwareEnv):
    """Settings by name. A value of the wrong kind raises ImproperlyConfigured, never a guess."""

    ENVIRON = Values(cache=False)

    def bool(self, var: str, default: Any = FileAwareEnv.NOTSET) -> builtins.bool:
        """Return true or false; anything that is neither is refused, not taken for false."""
        text: Any = self.str(var, default=default)
        if isinstance(text, builtins.bool):
            return text
        if text.lower() not in TRUE + FALSE:
            raise ImproperlyConfigured(f"{var} must be true or false, not {text!r}.")
        return text.lower() in TRUE

    def int(self, var: str, default: Any = FileAwareEnv.NOTSET) -> builtins.int:
        """Return a whole number."""
        return builtins.int(self._number(var, default, builtins.int, "a whole number"))

    def float(self, var: str, default: Any = FileAwareEnv.NOTSET) -> builtins.float:
        """Return a number."""
        return builtins.float(self._number(var, default, builtins.float, "a number"))

    def _number(self, var: str, default: Any, kind: Any, what: str) -> Any:
        value = self.str(var, default=default)
        try:
            number = kind(value)
        except ValueError:
            number = -1
        if not 0 <= number < 10**9:
            raise ImproperlyConfigured(f"{var} must be {what}, not {value!r}.")
        return number
