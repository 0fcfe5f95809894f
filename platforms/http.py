"""The only HTTP seam: timeouts, no redirects, bounded answers, and errors that say what next."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from platforms.connection import lost_connection
from platforms.errors import Malformed, PlatformError, Unavailable, Uncertain
from platforms.exchange import Answer, Exchange, read_answer
from platforms.masks import Mask
from platforms.origin import checked_url

__all__ = ["Answer", "Exchange", "Limits", "Params", "Transport"]

USER_AGENT = "Crossdock/0.1 (fulfillment provider back office)"
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
TOTAL_SECONDS = 60.0
MAX_ANSWER_BYTES = 5_000_000
CORRELATION_HEADER = "X-Correlation-Id"
_CHUNK = 65_536
_TOO_LONG = "is too long"

Params = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one request may take and how much may come back.

    `read_seconds` bounds each silence, `total_seconds` the whole body: an answer that drips
    never falls silent for long.
    """

    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    total_seconds: float = TOTAL_SECONDS
    answer_bytes: int = MAX_ANSWER_BYTES


def _nothing(*_: object) -> None:
    return None


def _fresh_id() -> str:
    return uuid.uuid4().hex


class Transport:
    """Sends requests to one store, at its pace, and shows every exchange to `record`.

    `pace` is called before each request and may wait. `record` is called after each. `correlate`
    names what a request is made for, to the store and in the record.
    """

    def __init__(
        self,
        base_url: str,
        *,
        pace: Callable[[], None] = _nothing,
        record: Callable[[Exchange], None] = _nothing,
        correlate: Callable[[], str] = _fresh_id,
        limits: Limits | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self._pace = pace
        self._record = record
        self._correlate = correlate
        self._limits = limits or Limits()
        self._session = requests.Session()
        # Proxies and .netrc of the host must not see or replace a store's token.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        """Close the connections to the store."""
        self._session.close()

    def beside(self, base_url: str) -> "Transport":
        """Return the way to another address of the same platform, such as its token endpoint.

        Its requests wait for no turn: the store's pace is that of its API.
        """
        return Transport(
            base_url, record=self._record, correlate=self._correlate, limits=self._limits
        )

    def same_origin_url(self, url: str) -> str:
        """Return an absolute `url` of this store; raises Malformed that names another host."""
        return checked_url(url, self.base_url)

    def absolute_url(self, path_or_url: str, params: Params | None = None) -> str:
        """Return what would be requested; raises Malformed when that is not this store's."""
        foreign = "://" in path_or_url or path_or_url.startswith("//")
        url = path_or_url if foreign else self.base_url + path_or_url.lstrip("/")
        try:
            prepared = requests.Request("GET", self.same_origin_url(url), params=params).prepare()
        except requests.RequestException:
            raise Malformed(f"{url[:80]!r} cannot be requested.") from None
        return prepared.url or url

    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        params: Params | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        writes: bool,
    ) -> Answer:
        """Send one request and return the answer, whatever its status below 300 or above 399.

        The body is `json`, or a `form` as a browser would send it.
        `writes` says whether the request may change something there. Raises Unavailable when
        nothing was changed and Uncertain when a change may have been made. Raises Malformed for
        a redirect (never followed, and by definition not applied), for a link that leads to
        another host, and for an answer to a read that is too long.
        """
        url = self.absolute_url(path_or_url, params)
        request = self._prepare(method, url, json, form, headers or {})
        mask = Mask(request.headers, json, form)
        self._pace()
        started = time.monotonic()
        answer: Answer | None = None
        failure = PlatformError("Interrupted before an answer was read.")
        try:
            answer = self._send(request, mask, writes=writes)
        except PlatformError as error:
            failure = error
            raise
        finally:
            self._record(
                Exchange(
                    method=method,
                    url=mask.url(url),
                    body=mask.json(json) if form is None else mask.form(form),
                    status=answer.status if answer else failure.status,
                    answer=answer.excerpt if answer else failure.body,
                    seconds=time.monotonic() - started,
                    error="" if answer else str(failure),
                    correlation_id=request.headers[CORRELATION_HEADER],
                )
            )
        return answer

    def _prepare(
        self,
        method: str,
        url: str,
        json: Any,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> requests.PreparedRequest:
        ours = {
            "Accept": "application/json",
            # A small compressed answer may unfold into gigabytes.
            "Accept-Encoding": "identity",
            "User-Agent": USER_AGENT,
            CORRELATION_HEADER: self._correlate(),
        }
        request = requests.Request(method, url, json=json, data=form, headers={**ours, **headers})
        try:
            return self._session.prepare_request(request)
        except requests.RequestException:
            # The text of the original error may quote a header.
            raise Malformed(f"A request to {urlsplit(url).netloc} cannot be built.") from None

    def _send(self, request: requests.PreparedRequest, mask: Mask, *, writes: bool) -> Answer:
        limits = self._limits
        host = urlsplit(self.base_url).netloc
        deadline = time.monotonic() + limits.total_seconds
        try:
            response = self._session.send(
                request,
                stream=True,
                allow_redirects=False,
                timeout=(limits.connect_seconds, limits.read_seconds),
            )
        except requests.RequestException as error:
            raise lost_connection(error, host, writes=writes) from error
        with closing(response):
            if 300 <= response.status_code < 400:
                raise _redirected(response, host)
            body, missing = self._read_body(response, deadline)
        answer = read_answer(response, body, mask)
        # The status of a refusal says enough; the rest of its page may stay unread.
        if missing and answer.status < 400:
            raise _cut_short(host, missing, answer, writes=writes)
        return answer

    def _read_body(self, response: requests.Response, deadline: float) -> tuple[bytes, str]:
        """Return what could be read, and why it is not everything (nothing if it is)."""
        body = bytearray()
        try:
            while chunk := response.raw.read1(_CHUNK, decode_content=False):
                body += chunk
                if len(body) > self._limits.answer_bytes:
                    return bytes(body), _TOO_LONG
                if time.monotonic() > deadline:
                    return bytes(body), f"took longer than {self._limits.total_seconds:g} seconds"
        except urllib3.exceptions.HTTPError:
            return bytes(body), "broke off"
        return bytes(body), ""


def _redirected(response: requests.Response, host: str) -> Malformed:
    target = urljoin(response.url, response.headers.get("Location", ""))
    return Malformed(
        f"{host} redirects to {urlsplit(target).netloc[:80] or 'nowhere'}; "
        "not followed, and nothing was changed.",
        status=response.status_code,
    )


def _cut_short(host: str, why: str, answer: Answer, *, writes: bool) -> PlatformError:
    sentence = f"The answer of {host} {why}."
    if writes:
        sentence += " Whether the change was made is unknown."
        return Uncertain(sentence, status=answer.status, body=answer.excerpt)
    kind = Malformed if why == _TOO_LONG else Unavailable
    return kind(sentence, status=answer.status, body=answer.excerpt)
