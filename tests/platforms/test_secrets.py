"""Credentials never reach a record, a sentence or a repr (contract next29, acceptance check 17)."""

import traceback
from typing import Any

import pytest

from platforms.errors import PlatformError, Unauthorized
from platforms.http import Exchange, Transport
from platforms.masks import Mask
from platforms.next29.client import Next29Client
from tests.platforms.conftest import TOKEN
from tests.platforms.contract import example
from tests.platforms.tiny_server import Reply, TinyServer, hangs_up, says, sends

SECRET = "whsec_example_5f0e8f2b1a6c4d7e9b3a"
ECHOES = {
    "detail": says({"detail": f"Token {TOKEN} is not valid."}, 403),
    "field": says({"secret_key": [f"{SECRET} is too short"], "access_token": TOKEN}, 400),
    "html": sends(f"<p>Authorization: Bearer {TOKEN}</p>".encode(), 500),
    "text": sends(f'"secret_key": "{SECRET}", token={TOKEN}'.encode(), 400),
    "success": says({"id": None, "nested": [{"secret_key": SECRET}], "echo": TOKEN}),
    "lost": hangs_up,
}


@pytest.mark.parametrize("reply", ECHOES.values(), ids=ECHOES.keys())
def test_a_store_that_echoes_secrets_does_not_leak_them(
    tiny: TinyServer, client: Next29Client, exchanges: list[Exchange], reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(PlatformError) as caught:
        client.create_webhook("https://wms.example.com/", ("app.uninstalled",), SECRET)
    trace = "".join(traceback.format_exception(caught.value))
    shown = f"{caught.value}{caught.value!r}{caught.value.body}{trace}{exchanges!r}"
    assert TOKEN not in shown
    assert SECRET not in shown


def test_the_usual_answer_is_recorded_without_its_secret(
    tiny: TinyServer, client: Next29Client, exchanges: list[Exchange]
) -> None:
    tiny.will(says(example("webhook_create.response.json"), 201))
    webhook = client.create_webhook("https://wms.example.com/", ("app.uninstalled",), SECRET)
    assert tiny.asked[0].json["secret_key"] == SECRET
    assert tiny.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert exchanges[0].body["secret_key"] == "***"
    assert '"secret_key": "***"' in exchanges[0].answer
    assert "39" in exchanges[0].answer
    assert SECRET not in f"{webhook!r}{exchanges!r}"


def test_an_answer_hides_its_body_in_a_repr(tiny: TinyServer, transport: Transport) -> None:
    tiny.will(says({"secret_key": SECRET}))
    answer = transport.request("GET", "webhooks/1/", writes=False)
    assert answer.json == {"secret_key": SECRET}
    assert SECRET not in repr(answer)


def test_an_answer_is_cut_and_not_in_the_middle_of_a_secret(
    tiny: TinyServer, transport: Transport, exchanges: list[Exchange]
) -> None:
    padding = "x" * 1970
    tiny.will(sends(f"{padding} secret_key={SECRET}".encode()))
    transport.request("GET", "a/", writes=False)
    assert len(exchanges[0].answer) <= 2000
    assert "whsec" not in exchanges[0].answer


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ({"a": [{"client_secret": "s", "b": 1}]}, {"a": [{"client_secret": "***", "b": 1}]}),
        ({"refresh_token": {"value": "s"}}, {"refresh_token": "***"}),
        ({"Password": "s", "api_key": "s"}, {"Password": "***", "api_key": "***"}),
        ({"secret_key": None}, {"secret_key": None}),
        ({"note": "use token=abc now"}, {"note": "use token=*** now"}),
        ({"sku": "A", "units": 3, "ok": True}, {"sku": "A", "units": 3, "ok": True}),
        (None, None),
    ],
)
def test_what_is_masked_in_json(value: Any, masked: Any) -> None:
    assert Mask({}, None).json(value) == masked


def test_addresses_are_recorded_without_credentials() -> None:
    mask = Mask({}, None)
    assert (
        mask.url("https://a.example/?access_token=s&b=1")
        == "https://a.example/?access_token=***&b=1"
    )
    assert mask.url("https://a.example/?cursor=cD0%3D") == "https://a.example/?cursor=cD0%3D"


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "tökên", "a\x00b"])
def test_a_token_that_cannot_be_sent_is_not(token: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        Next29Client({"access_token": token}, Transport("https://a.example/"), {}).check()
    assert not token.strip() or token not in str(caught.value)


def test_a_pasted_token_loses_its_blanks(tiny: TinyServer, transport: Transport) -> None:
    tiny.will(says({"results": []}))
    Next29Client({"access_token": f" {TOKEN}\n"}, transport, {}).check()
    assert tiny.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
