"""Fulfillment.com's API with a token: read one thing, read a page, or ask for anything."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from platforms.confirming import json_of
from platforms.fulfillment_com.answers import LABEL, error_in, is_empty_list
from platforms.fulfillment_com.tokens import usable_token
from platforms.fulfillment_com.wire import read_page
from platforms.http import Answer, Params, Transport
from platforms.partner_records import Listed
from platforms.paths import number_in_path
from platforms.values import read_count

# Contract fulfillment_com, section 5.
MOST_A_PAGE = 200

T = TypeVar("T")


def id_in_path(ref: str) -> str:
    """Return a ref that is safe in a path; raises Missing, because others cannot exist there."""
    return number_in_path(ref, LABEL)


class Api:
    """Requests with the token of one login; never retries, never follows, never sleeps."""

    def __init__(self, credentials: Mapping[str, str], transport: Transport) -> None:
        """Take what opens the account; a token that cannot be used is told at the first call."""
        self._credentials = credentials
        self._transport = transport

    def read(self, path: str, params: Params | None = None) -> Any:
        """Return the JSON of an answer; raises Malformed when it is not JSON."""
        answer = self.ask("GET", path, params=params)
        error = error_in(answer, writes=False)
        if error:
            raise error
        return json_of(answer, LABEL)

    def page(
        self, path: str, params: Params, page: str | None, read: Callable[[Any], T]
    ) -> Listed[T]:
        """Return one page of a list; a 404 that says so is an empty one."""
        number = max(read_count(page) or 1, 1)
        paging = {"page": str(number), "limit": str(MOST_A_PAGE)}
        answer = self.ask("GET", path, params={**params, **paging})
        error = error_in(answer, writes=False)
        if error and is_empty_list(error, answer):
            return Listed()
        if error:
            raise error
        return read_page(json_of(answer, LABEL), number, MOST_A_PAGE, read)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: dict[str, Any] | None = None,
        writes: bool = False,
    ) -> Answer:
        """Return the answer, whatever its status; raises Unauthorized, with nothing sent."""
        headers = {"Authorization": f"Bearer {usable_token(self._credentials)}"}
        return self._transport.request(
            method, path, params=params, json=body, headers=headers, writes=writes
        )
