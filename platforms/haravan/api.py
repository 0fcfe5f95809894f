"""Haravan's commerce API in two moves: read one thing, write; and whom a refusal stops."""

from collections.abc import Callable
from typing import Any, TypeVar

from platforms.confirming import confirmed, json_of
from platforms.errors import Malformed, Refused, Unauthorized
from platforms.haravan.sentences import read_sentence
from platforms.http import Answer, Params, Transport
from platforms.paths import number_in_path
from platforms.status import error_of
from platforms.values import describe, is_token

LABEL = "Haravan"
# Contract haravan, section 17: more is asked for in vain.
MOST_A_PAGE = 50

T = TypeVar("T")

# Contract haravan, section 2: which scope opens what. A scope to write includes the one to read.
_SCOPES = {
    "orders": "com.{verb}_orders",
    "shop": "com.read_shop",
    "locations": "com.read_shop",
    "inventories": "com.{verb}_inventories",
    "inventory_locations": "com.read_inventories",
    "products": "com.read_products",
    "variants": "com.read_products",
    "subscribe": "wh_api",
}


def id_in_path(ref: str) -> str:
    """Return a ref that is safe in a path; raises Missing, because others cannot exist there."""
    return number_in_path(ref, LABEL)


def inside(payload: Any, name: str) -> Any:
    """Return what an answer wraps under `name`; raises Malformed where it is not there."""
    if isinstance(payload, dict) and name in payload:
        return payload[name]
    raise Malformed(f"Expected {name} in the answer, got {describe(payload)}.")


def listed(payload: Any, name: str) -> list[Any]:
    """Return a list under `name`, null for an empty one; raises Malformed for anything else."""
    found = inside(payload, name)
    if found is None or isinstance(found, list):
        return found or []
    raise Malformed(f"Expected a list of {name}, got {describe(found)}.")


class Api:
    """Requests with a store's token, which alone says which shop is meant.

    Contract haravan, section 2. The older address has `admin` in place of `com` in every path.
    """

    def __init__(self, token: str, transport: Transport, prefix: str = "com") -> None:
        """Take the store's token; one that cannot be sent is told at the first call."""
        self._token = token.strip()
        self._transport = transport
        self._prefix = prefix

    def beside(self, base_url: str, prefix: str) -> "Api":
        """Return the same token's way to another host of the platform."""
        return Api(self._token, self._transport.beside(base_url), prefix)

    def read(self, path: str, params: Params | None = None) -> Any:
        """Return the JSON of an answer; raises Malformed when it is not JSON."""
        answer = self._ask("GET", path, params=params)
        return json_of(answer, LABEL)

    def write(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        read: Callable[[Any], T],
        *,
        done: tuple[int, ...],
    ) -> T:
        """Change something there and return what `read` makes of the answer.

        Raises Uncertain for a success whose status is not in `done`, and where `read` raises
        Malformed: the change may have been made. Contract haravan, sections 5 and 18 (R7).
        """
        answer = self._ask(method, path, body=body, writes=True)
        return confirmed(answer, LABEL, done, read)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: dict[str, Any] | None = None,
        writes: bool = False,
    ) -> Answer:
        answer = self._transport.request(
            method,
            f"{self._prefix}/{path}",
            params=params,
            json=body,
            headers=self._headers(),
            writes=writes,
        )
        if answer.status == 403:
            raise _forbidden(answer, path, writes=writes)
        sentence = read_sentence(answer) if answer.status >= 400 else ""
        error = error_of(answer, label=LABEL, sentence=sentence, writes=writes)
        if error:
            raise error
        return answer

    def _headers(self) -> dict[str, str]:
        token = self._token
        if not is_token(token):
            raise Unauthorized(f"The store has no usable {LABEL} access token. Paste it again.")
        return {"Authorization": f"Bearer {token}"}


def is_not_offered(refusal: Refused) -> bool:
    """Tell whether a call is perhaps not there at all. Contract haravan, section 7."""
    return refusal.status in (404, 405)


def _forbidden(answer: Answer, path: str, *, writes: bool) -> Unauthorized:
    """Return the error that stops the store, and names what its token lacks.

    Contract haravan, sections 16 and 18 (R13).
    """
    area = path.removesuffix(".json").partition("/")[0]
    scope = _SCOPES.get(area, "for this call").format(verb="write" if writes else "read")
    said = read_sentence(answer) or "no reason given"
    return Unauthorized(
        f"{LABEL}: {said} (403). The access token lacks the scope {scope}; ask the merchant "
        "for it.",
        status=answer.status,
        body=answer.excerpt,
    )
