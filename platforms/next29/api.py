"""29 Next's Admin API in three moves: read one thing, read a whole list, write."""

from collections.abc import Callable
from typing import Any, TypeVar

from platforms.confirming import confirmed, json_of
from platforms.errors import Malformed, Unauthorized
from platforms.http import Answer, Params, Transport
from platforms.next29.sentences import is_web_page, read_sentence
from platforms.next29.wire import Listing, read_listing
from platforms.paths import number_in_path
from platforms.status import error_of
from platforms.values import is_token

LABEL = "29 Next"
API_VERSION = "2024-04-01"
MAX_PAGES = 1000

T = TypeVar("T")


def order_path(ref: str) -> str:
    """Return the path of a fulfillment order; raises Missing for a ref that cannot exist."""
    return f"fulfillment-orders/{id_in_path(ref)}/"


def id_in_path(ref: str) -> str:
    """Return a ref that is safe in a path; raises Missing, because others cannot exist there."""
    return number_in_path(ref, LABEL)


class Api:
    """Requests with a store's token, and what their answers mean. Contract next29, section 2."""

    def __init__(self, token: str, transport: Transport) -> None:
        """Take the store's token; one that cannot be sent is told at the first call."""
        self._token = token.strip()
        self._transport = transport

    def read(self, path_or_url: str, params: Params | None = None) -> Any:
        """Return the JSON of an answer; raises Malformed when it is not JSON."""
        answer = self._transport.request(
            "GET", path_or_url, params=params, headers=self._headers(), writes=False
        )
        self._raise_for(answer, writes=False)
        return json_of(answer, LABEL)

    def page(self, path: str, params: Params, named: str | None) -> Listing:
        """Return the first page of a list, or the page whose address an earlier one gave.

        Raises Malformed when that address is not this store's. A page that names itself as the
        next one is the last. Contract next29, section 6.
        """
        if not named:
            return read_listing(self.read(path, params))
        found = read_listing(self.read(named))
        return Listing(found.entries, None) if found.next == named else found

    def entries(self, path: str, params: Params | None = None) -> list[Any]:
        """Return what all pages of a list hold; a page seen before ends it.

        Raises Malformed when a page names a next one that is not this store's. Contract next29,
        section 6.
        """
        found: list[Any] = []
        seen: set[str] = set()
        url = self._transport.absolute_url(path, params)
        while url and url not in seen:
            if len(seen) == MAX_PAGES:
                raise Malformed(f"The list {path} does not end after {MAX_PAGES} pages.")
            seen.add(url)
            listing = read_listing(self.read(url))
            found += listing.entries
            url = self._transport.absolute_url(listing.next) if listing.next else ""
        return found

    def write(self, method: str, path: str, body: dict[str, Any], read: Callable[[Any], T]) -> T:
        """Change something there and return what `read` makes of the answer.

        Raises Uncertain for a success other than 200 and 201, and where `read` raises Malformed:
        the change may have been made. Contract next29, sections 11 and 12.
        """
        answer = self._transport.request(
            method, path, json=body, headers=self._headers(), writes=True
        )
        self._raise_for(answer, writes=True)
        return confirmed(answer, LABEL, (200, 201), read)

    def delete(self, path: str) -> None:
        """Remove something there; raises Missing when it is gone already."""
        answer = self._transport.request("DELETE", path, headers=self._headers(), writes=True)
        self._raise_for(answer, writes=True)

    def _headers(self) -> dict[str, str]:
        token = self._token
        if not is_token(token):
            raise Unauthorized(f"The store has no usable {LABEL} access token. Paste it again.")
        return {"Authorization": f"Bearer {token}", "X-29next-API-Version": API_VERSION}

    def _raise_for(self, answer: Answer, *, writes: bool) -> None:
        if answer.status == 404 and is_web_page(answer):
            raise Malformed(
                f"{self._transport.base_url} is no {LABEL} API: it answers with a web page. "
                "Check the store's name and API address.",
                status=answer.status,
                body=answer.excerpt,
            )
        sentence = read_sentence(answer) if answer.status >= 400 else ""
        error = error_of(answer, label=LABEL, sentence=sentence, writes=writes)
        if error:
            raise error
