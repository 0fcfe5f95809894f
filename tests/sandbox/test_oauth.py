"""The install flow of the sandbox is the contract's (next29, section 3)."""

import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests

from tests.sandbox.stage import HTTP, Receiver, Stage, example

APP = "https://wms.example.com/next29/app"
BACK = "https://wms.example.com/next29/installed"
CLIENT_ID = "kT3nExampleClientId0001"
CLIENT_SECRET = "example-client-secret-do-not-use-0123456789"
SCOPES = "fulfillment_service:read fulfillment_service:write webhooks:read webhooks:write"


@pytest.fixture
def shop(store: Stage) -> Stage:
    wish = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "app_url": APP}
    store.control("PUT", "app", {**wish, "redirect_urls": [BACK]})
    return store


def page(shop: Stage, path: str, **query: str) -> requests.Response:
    url = f"{shop.url}/next29/{shop.subdomain}/{path}"
    return HTTP.get(url, params=query, allow_redirects=False, timeout=5)


def led_to(answer: requests.Response) -> tuple[str, dict[str, str]]:
    """Where a redirect leads, and with what."""
    assert answer.status_code == 302, answer.text
    place, _, query = answer.headers["Location"].partition("?")
    return place, dict(parse_qsl(query))


def consent(shop: Stage, **changes: str) -> requests.Response:
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": "a-state",
    }
    return page(shop, "oauth2/authorize/", **{**asked, **changes})


def code_of(shop: Stage, **changes: str) -> str:
    return led_to(consent(shop, **changes))[1]["code"]


def give(shop: Stage, **form: str) -> requests.Response:
    known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    url = f"{shop.url}/next29/{shop.subdomain}/oauth2/token/"
    return HTTP.post(url, data={**known, **form}, timeout=5)


def exchange(shop: Stage, code: str, **changes: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": code}
    return give(shop, **{**form, **changes})


def renew(shop: Stage, token: str) -> requests.Response:
    return give(shop, grant_type="refresh_token", refresh_token=token)


def installed(shop: Stage) -> dict[str, Any]:
    found: dict[str, Any] = exchange(shop, code_of(shop)).json()
    return found


def refusal(answer: requests.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def test_the_install_link_leads_to_the_app_without_a_token(shop: Stage) -> None:
    place, query = led_to(page(shop, "dashboard/apps/install-app/", client_id=CLIENT_ID))
    assert (place, query) == (APP, {"store": f"{shop.subdomain}.29next.store"})
    assert page(shop, "dashboard/apps/install-app/", client_id="x").status_code == 400


def test_an_installed_app_is_opened_with_a_session_token_like_the_contracts(shop: Stage) -> None:
    sample = example("session_token")
    place, query = led_to(page(shop, "dashboard/apps/open-app/"))
    claims = jwt.decode(
        query["token"], CLIENT_SECRET, algorithms=[sample["algorithm"]], audience=CLIENT_ID
    )
    assert place == APP
    assert set(claims) == set(sample["claims"])
    assert claims["store"] == query["store"]
    assert 0 < claims["exp"] - time.time() <= 30
    assert {name: type(value) for name, value in claims.items()} == {
        name: type(value) for name, value in sample["claims"].items()
    }


def test_consent_leads_back_with_store_code_and_state(shop: Stage) -> None:
    place, query = led_to(consent(shop))
    assert place == BACK
    assert (query["store"], query["state"]) == (f"{shop.subdomain}.29next.store", "a-state")
    assert query["code"]


def test_the_state_may_be_lost(shop: Stage) -> None:
    shop.settings(echo_state=False)
    assert "state" not in led_to(consent(shop))[1]


@pytest.mark.parametrize(
    "changes", [{"client_id": "x"}, {"redirect_uri": "https://evil.example.com/"}]
)
def test_an_unknown_app_or_address_is_not_redirected(shop: Stage, changes: dict[str, str]) -> None:
    assert consent(shop, **changes).status_code == 400


def test_only_codes_are_given(shop: Stage) -> None:
    place, query = led_to(consent(shop, response_type="token"))
    assert (place, query["error"]) == (BACK, "unsupported_response_type")


def test_a_store_may_ask_before_it_gives_a_code(shop: Stage) -> None:
    shop.settings(ask_consent=True)
    asked = consent(shop)
    assert "fulfillment_service:write" in asked.text
    form = dict(parse_qsl(urlsplit(asked.url).query))
    url = asked.url.partition("?")[0]
    agreed = HTTP.post(url, data={**form, "allow": "1"}, allow_redirects=False, timeout=5)
    assert led_to(agreed)[1]["code"]
    refused = HTTP.post(url, data={**form, "refuse": "1"}, allow_redirects=False, timeout=5)
    assert led_to(refused)[1]["error"] == "access_denied"


def test_a_code_is_exchanged_for_tokens_that_open_the_api(shop: Stage) -> None:
    tokens = installed(shop)
    assert set(tokens) == set(example("oauth_token_response"))
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", SCOPES)
    assert shop.client(tokens["access_token"]).get("/locations/")
    assert shop.violations() == []


def test_a_code_is_good_once_and_for_its_address(shop: Stage) -> None:
    code = code_of(shop)
    assert refusal(exchange(shop, code, redirect_uri=APP)) == (400, {"error": "invalid_grant"})
    assert exchange(shop, code).status_code == 200
    assert refusal(exchange(shop, code)) == (400, {"error": "invalid_grant"})
    assert refusal(exchange(shop, "made-up")) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize("wrong", [{"client_id": "x"}, {"client_secret": "x"}])
def test_a_wrong_client_is_told_so(shop: Stage, wrong: dict[str, str]) -> None:
    answer = exchange(shop, code_of(shop), **wrong)
    assert refusal(answer) == (401, {"error": "invalid_client"})


def test_json_is_not_accepted(shop: Stage) -> None:
    url = f"{shop.url}/next29/{shop.subdomain}/oauth2/token/"
    answer = HTTP.post(url, json={"grant_type": "authorization_code"}, timeout=5)
    assert refusal(answer) == (400, {"error": "invalid_request"})
    assert shop.violations() == ["the token endpoint takes a form, nothing else"]


def test_another_kind_of_grant_is_refused(shop: Stage) -> None:
    assert refusal(give(shop, grant_type="password"))[1] == {"error": "unsupported_grant_type"}


def test_a_merchant_may_agree_to_less(shop: Stage) -> None:
    shop.settings(grant_only=["fulfillment_service:read"])
    tokens = installed(shop)
    assert tokens["scope"] == "fulfillment_service:read"
    assert shop.client(tokens["access_token"]).call("POST", "/locations/", {}).status_code == 403


def test_a_refresh_token_is_good_once_and_ends_the_former_token(shop: Stage) -> None:
    first = installed(shop)
    second = renew(shop, first["refresh_token"]).json()
    assert second["scope"] == SCOPES
    assert shop.client(first["access_token"]).call("GET", "/locations/").status_code == 401
    assert shop.client(second["access_token"]).get("/locations/")
    assert refusal(renew(shop, first["refresh_token"])) == (400, {"error": "invalid_grant"})


def test_a_store_may_give_no_refresh_token(shop: Stage) -> None:
    shop.settings(refresh_tokens=False)
    assert "refresh_token" not in installed(shop)


@pytest.mark.parametrize(("fault", "status"), [("error_500_before", 500), ("status_401", 401)])
def test_the_exchange_fails_on_demand(shop: Stage, fault: str, status: int) -> None:
    shop.fault(fault, "oauthToken", times=1)
    code = code_of(shop)
    assert exchange(shop, code).status_code == status
    assert exchange(shop, code).status_code == 200


def test_no_secret_is_recorded(shop: Stage) -> None:
    tokens = installed(shop)
    renew(shop, tokens["refresh_token"])
    recorded = str(shop.calls("oauthToken"))
    assert "authorization_code" in recorded
    for secret in (CLIENT_SECRET, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in recorded


def test_some_events_may_be_for_apps_only(shop: Stage) -> None:
    shop.settings(apps_only=["app.uninstalled"])
    wish = {"events": ["app.uninstalled"], "target": "https://wms.example.com/"}
    assert shop.service.call("POST", "/webhooks/", wish).status_code == 400
    assert shop.client(installed(shop)["access_token"]).post("/webhooks/", wish)["id"]


def test_uninstalling_is_announced_last_and_ends_everything(
    shop: Stage, receiver: Receiver
) -> None:
    tokens = installed(shop)
    service = shop.client(tokens["access_token"])
    wish = {"events": ["app.uninstalled"], "target": receiver.url, "secret_key": "a-secret"}
    service.post("/webhooks/", wish)

    shop.control("POST", "uninstall")
    shop.settle()

    [event] = receiver.received
    assert event.body["data"]["client_id"] == CLIENT_ID
    assert event.headers["X-29Next-Signature"]
    assert service.call("GET", "/locations/").status_code == 401
    assert refusal(renew(shop, tokens["refresh_token"])) == (400, {"error": "invalid_grant"})
    assert shop.control("GET", "state")["webhooks"] == []


def test_a_store_that_does_not_exist_has_no_pages(shop: Stage) -> None:
    url = f"{shop.url}/next29/nowhere/oauth2/authorize/?{urlencode({'client_id': CLIENT_ID})}"
    assert HTTP.get(url, timeout=5).status_code == 404
