"""A store's token goes to that store only (contract next29, section 6 and acceptance check 3)."""

import pytest

from platforms.errors import Malformed
from platforms.http import Transport
from platforms.next29.client import Next29Client
from platforms.records import AssignedQueue
from tests.platforms.tiny_server import TinyServer, says

BASE = "https://acme-outdoors.29next.store/api/admin/"
FOREIGN = {
    "host": "https://evil.example.com/api/admin/locations/",
    "lookalike": "https://acme-outdoors.29next.store.evil.example.com/api/admin/",
    "scheme": "http://acme-outdoors.29next.store/api/admin/locations/",
    "file": "file:///api/admin/locations/",
    "port": "https://acme-outdoors.29next.store:8443/api/admin/locations/",
    "no port": "https://acme-outdoors.29next.store:port/api/admin/",
    "path": "https://acme-outdoors.29next.store/dashboard/",
    "dots": "https://acme-outdoors.29next.store/api/admin/../../dashboard/",
    "coded dots": "https://acme-outdoors.29next.store/api/admin/%2e%2e/%2E%2e/dashboard/",
    "twice coded dots": "https://acme-outdoors.29next.store/api/admin/%252e%252e/dashboard/",
    "user": "https://acme-outdoors.29next.store@evil.example.com/api/admin/",
    "our user": "https://someone@acme-outdoors.29next.store/api/admin/",
    "backslash": "https://evil.example.com\\@acme-outdoors.29next.store/api/admin/",
    "newline": "https://acme-outdoors.29next.store/api/admin/\r\nHost: evil.example.com",
    "protocol-relative": "//evil.example.com/api/admin/",
    "bracket": "https://[evil/api/admin/",
}


@pytest.mark.parametrize("url", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_link_is_refused_in_words(url: str) -> None:
    with pytest.raises(Malformed, match="not followed"):
        Transport(BASE).same_origin_url(url)


def test_the_refused_host_is_named() -> None:
    with pytest.raises(Malformed, match=r"https://evil\.example\.com and not to https://acme"):
        Transport(BASE).same_origin_url(FOREIGN["host"])


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}locations/?cursor=cD00ODY%3D",
        "https://ACME-outdoors.29next.store:443/api/admin/locations/",
        BASE,
    ],
)
def test_a_link_of_the_store_is_taken(url: str) -> None:
    assert Transport(BASE).same_origin_url(url) == url


def test_a_path_cannot_climb_out_of_the_base() -> None:
    with pytest.raises(Malformed, match="not followed"):
        Transport(BASE).absolute_url("locations/../../../dashboard/")


def foreign_links(tiny: TinyServer) -> dict[str, str]:
    host = tiny.url.removeprefix("http://")
    return {
        "host": "http://evil.example.com/api/admin/locations/?cursor=2",
        "scheme": f"https://{host}/api/admin/locations/?cursor=2",
        "port": "http://127.0.0.1:1/api/admin/locations/?cursor=2",
        "path": f"{tiny.url}/dashboard/?cursor=2",
    }


@pytest.mark.parametrize("kind", ["host", "scheme", "port", "path"])
def test_a_list_stops_at_a_next_page_elsewhere(
    tiny: TinyServer, client: Next29Client, kind: str
) -> None:
    tiny.will(says({"next": foreign_links(tiny)[kind], "results": []}))
    with pytest.raises(Malformed, match="not followed"):
        client.fetch_locations()
    assert len(tiny.asked) == 1


@pytest.mark.parametrize("kind", ["host", "scheme", "port", "path"])
def test_assigned_work_is_not_fetched_elsewhere(
    tiny: TinyServer, client: Next29Client, kind: str
) -> None:
    with pytest.raises(Malformed, match="not followed"):
        client.fetch_assigned(AssignedQueue.REQUESTED, foreign_links(tiny)[kind])
    assert not tiny.asked


def test_a_list_that_goes_in_circles_ends(tiny: TinyServer, client: Next29Client) -> None:
    first, second = f"{tiny.base_url}webhooks/", f"{tiny.base_url}webhooks/?cursor=2"
    tiny.will(says({"next": second, "results": []}), says({"next": first, "results": []}))
    assert client.fetch_webhooks() == []
    assert len(tiny.asked) == 2


def test_a_page_that_names_itself_is_the_last(tiny: TinyServer, client: Next29Client) -> None:
    url = f"{tiny.base_url}assigned-fulfillment-orders/?cursor=2"
    tiny.will(says({"next": url, "results": []}))
    assert client.fetch_assigned(AssignedQueue.REQUESTED, url).next is None
