"""Installing as an app, over HTTP: the merchant's browser, our two pages, the store's tokens."""

from typing import Any

import pytest
from django.db import connection

from locations.models import Location, LocationState, Merchant, Store
from relay import alarms, credentials, jobs, registration
from relay.models import Exchange, SpentCode
from tests.factories import LocationFactory, MerchantFactory, StoreFactory, WarehouseFactory
from tests.fulfillment.test_at_once import at_once
from tests.merchant import ASKED, CLIENT_SECRET, SITE, Browser, text
from tests.work import work

TOKEN = "oauthToken"


def reached_the_token_endpoint(browser: Browser) -> int:
    return len(browser.shop.calls(TOKEN))


# --- the way through --------------------------------------------------------------------------


def test_a_merchant_installs_us_and_their_store_is_connected(browser: Browser) -> None:
    answer = browser.install()

    assert answer.status_code == 200
    assert "Your store is connected to us." in text(answer)
    store = Store.objects.get()
    assert (store.account, store.paused_at) == (browser.shop.subdomain, None)
    assert store.scopes.split() == [*ASKED.split(), "orders:read"]
    assert store.installed_at
    work()
    store.refresh_from_db()
    assert store.check_result == "Connected. No location of ours is registered yet."
    assert [each.purpose for each in store.exchanges.order_by("id")][:1] == ["install"]


def test_a_store_we_do_not_know_gets_a_merchant_and_waits_for_an_operator(
    browser: Browser,
) -> None:
    answer = browser.install()

    store = Store.objects.get()
    assert (store.name, store.merchant.name) == (browser.shop.subdomain,) * 2
    assert (store.request_policy, store.cancellation_policy) == ("by_hand", "by_hand")
    assert not store.locations.exists()
    assert "No warehouse ships for your store yet" in text(answer)
    [alarm] = store.alarms.all()
    assert "has installed us and has no warehouse yet" in alarm.message
    registration.register(store, WarehouseFactory())
    assert not store.alarms.filter(cleared_at=None).exists()


def test_a_new_store_never_joins_a_merchant_that_is_known(browser: Browser) -> None:
    """Anybody may call their store like one of our merchants, and would see their products."""
    known = MerchantFactory(name=browser.shop.subdomain.upper())

    browser.install()

    store = Store.objects.get()
    assert store.merchant != known
    assert store.merchant.name == browser.domain


def test_installing_again_replaces_the_tokens_and_adds_nothing(browser: Browser) -> None:
    browser.install()
    work()
    first = Store.objects.get()

    answer = browser.install()
    work()

    store = Store.objects.get()
    assert answer.status_code == 200
    assert store.pk == first.pk
    assert Merchant.objects.count() == 1
    for name in ("access_token", "refresh_token", "webhook_secret"):
        assert store.credentials[name] != first.credentials[name], name
    [webhook] = browser.shop.control("GET", "state")["webhooks"]
    assert webhook["secret_key"] == store.webhook_secret
    assert store.alarms.filter(cleared_at=None).count() == 1


@pytest.mark.parametrize("spelled", ["", ".29next.store"])
def test_a_store_connected_with_a_pasted_token_becomes_an_app(
    browser: Browser, spelled: str
) -> None:
    known = StoreFactory(
        account=f"{browser.shop.subdomain}{spelled}",
        base_url=f"{browser.shop.url}/next29/{browser.shop.subdomain}/api/admin/",
        request_policy="accept_when_clear",
    )
    known.set_credentials(access_token=browser.shop.token)
    known.save()
    LocationFactory(store=known, ref=str(browser.shop.location()))

    answer = browser.install()

    store = Store.objects.get()
    assert (store.pk, store.merchant, store.name) == (known.pk, known.merchant, known.name)
    assert (store.request_policy, store.account) == ("accept_when_clear", browser.shop.subdomain)
    assert store.credentials["access_token"] != browser.shop.token
    assert "Ships from" in text(answer)
    assert not store.alarms.exists()


def test_a_location_that_was_lost_in_between_is_registered_again(browser: Browser) -> None:
    browser.install()
    store = Store.objects.get()
    registration.register(store, WarehouseFactory(name="Reno"))
    work()
    first = Location.objects.get()
    assert first.state == LocationState.REGISTERED
    browser.install()
    work()
    assert Location.objects.get().ref == first.ref

    browser.shop.world.next29[browser.shop.subdomain].locations.clear()
    browser.install()
    work()

    [place] = browser.shop.control("GET", "state")["locations"]
    assert Location.objects.get().ref == str(place["id"]) != first.ref


# --- who is asked, and who is not ----------------------------------------------------------------


@pytest.mark.parametrize(
    "named",
    [
        "evil.example.com",
        "127.0.0.1:{port}",
        "acme.29next.store.evil.example.com",
        "",
        "a/b",
        "%00",
    ],
)
@pytest.mark.parametrize("page", ["app", "installed"])
@pytest.mark.acceptance("next29", 1)
def test_a_store_that_is_none_makes_no_outgoing_request(
    browser: Browser, page: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acceptance check 1. No connection is opened and no name is looked up: sockets fail."""
    named = named.replace("{port}", browser.shop.url.rpartition(":")[2])
    browser.open(f"/next29/app?store={browser.domain}")

    def nobody(*args: object, **options: object) -> None:
        raise AssertionError(f"A request went out to {args}.")

    with monkeypatch.context() as cut_off:
        cut_off.setattr("socket.getaddrinfo", nobody)
        cut_off.setattr("urllib3.util.connection.create_connection", nobody)
        answer = browser.open(f"/next29/{page}?store={named}&code=x&token=y")

    assert answer.status_code == 400
    assert "is not a 29 Next store" in text(answer)
    assert reached_the_token_endpoint(browser) == 0
    assert not Store.objects.exists()


def test_a_store_that_is_one_would_have_been_asked(browser: Browser) -> None:
    """So that the test above cannot pass because nothing is ever asked."""
    browser.install()
    assert reached_the_token_endpoint(browser) == 1


def test_without_the_development_setting_a_store_is_where_the_platform_has_it(
    browser: Browser, settings: Any
) -> None:
    settings.ALLOW_LOCAL_STORES = False
    answer = browser.open(f"/next29/app?store={browser.domain}")
    assert answer.url.startswith(f"https://{browser.domain}/oauth2/authorize/?")


@pytest.mark.parametrize("local", ["http://10.0.0.8/{store}", "http://shop.example.com/{store}"])
def test_the_development_setting_leads_to_this_machine_only(
    browser: Browser, settings: Any, local: str
) -> None:
    settings.PLATFORM_APPS["next29"]["local_stores"] = local
    answer = browser.open(f"/next29/app?store={browser.domain}")
    assert answer.status_code == 400


@pytest.mark.parametrize("lacking", ["client_id", "client_secret"])
def test_a_site_that_is_no_app_says_so(browser: Browser, settings: Any, lacking: str) -> None:
    settings.PLATFORM_APPS["next29"][lacking] = ""
    for page in ("app", "installed"):
        answer = browser.open(f"/next29/{page}?store={browser.domain}")
        assert answer.status_code == 404
        assert "not set up to be installed" in text(answer)


# --- whose browser it is -----------------------------------------------------------------------


def test_a_state_that_comes_back_must_be_ours(browser: Browser) -> None:
    link = browser.agree()
    answer = browser.open(link.replace("state=", "state=not-"))
    assert answer.status_code == 400
    assert "not begun in this browser" in text(answer)
    assert reached_the_token_endpoint(browser) == 0


def test_a_store_that_does_not_hand_the_state_back_is_known_by_our_cookie(
    browser: Browser,
) -> None:
    browser.shop.settings(echo_state=False)
    link = browser.agree()
    assert "state=" not in link
    assert "Your store is connected to us." in text(browser.open(link))


@pytest.mark.parametrize("echo", [True, False])
def test_another_browser_cannot_finish(browser: Browser, echo: bool) -> None:
    browser.shop.settings(echo_state=echo)
    link = browser.agree()
    assert Browser(browser.shop).open(link).status_code == 400
    assert reached_the_token_endpoint(browser) == 0


def test_a_cookie_is_good_for_its_own_store(browser: Browser) -> None:
    browser.shop.settings(echo_state=False)
    link = browser.agree()
    browser.open("/next29/app?store=another.29next.store")
    assert browser.open(link).status_code == 400
    assert reached_the_token_endpoint(browser) == 0


def test_a_forged_cookie_is_none(browser: Browser) -> None:
    link = browser.agree()
    browser.client.cookies["crossdock_install"] = f"x.{browser.shop.subdomain}:y:z"
    assert browser.open(link).status_code == 400


def test_the_cookie_is_kept_from_scripts_and_other_pages(browser: Browser) -> None:
    answer = browser.open(f"/next29/app?store={browser.domain}")
    cookie = answer.cookies["crossdock_install"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


# --- twice, halfway, and in bad weather ----------------------------------------------------------


def test_a_code_is_never_sent_twice(browser: Browser) -> None:
    link = browser.agree()
    cookies = browser.client.cookies.copy()
    browser.open(link)
    kept = Store.objects.get().secrets

    assert "not begun in this browser" in text(browser.open(link))
    browser.client.cookies = cookies
    answer = browser.open(link)

    assert (answer.status_code, "was used already" in text(answer)) == (409, True)
    assert reached_the_token_endpoint(browser) == 1
    assert Store.objects.get().secrets == kept


def test_two_tabs_that_finish_at_once_send_the_code_once(browser: Browser) -> None:
    link = browser.agree()
    tabs = [Browser(browser.shop), Browser(browser.shop)]
    for tab in tabs:
        tab.client.cookies = browser.client.cookies.copy()
    found: list[int] = []

    at_once(*(lambda tab=tab: found.append(tab.open(link).status_code) for tab in tabs))

    assert sorted(found) == [200, 409]
    assert reached_the_token_endpoint(browser) == 1
    assert Store.objects.count() == 1


def test_two_installations_that_finish_at_once_make_one_store(browser: Browser) -> None:
    others = [Browser(browser.shop), Browser(browser.shop), Browser(browser.shop)]
    links = [other.agree() for other in others]
    found: list[int] = []

    def finish(other: Browser, link: str) -> None:
        found.append(other.open(link).status_code)

    at_once(
        *(lambda o=o, link=link: finish(o, link) for o, link in zip(others, links, strict=True))
    )

    assert found == [200, 200, 200]
    assert (Store.objects.count(), Merchant.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("error_500_before", 502),
        ("error_500_after", 502),
        ("drop_before", 502),
        ("drop_after", 502),
        ("empty_success", 502),
        ("html_404", 502),
    ],
)
def test_an_exchange_that_fails_changes_nothing_and_can_be_begun_again(
    browser: Browser, fault: str, status: int
) -> None:
    browser.install()
    work()
    kept = Store.objects.get()
    browser.shop.fault(fault, TOKEN, times=1)

    answer = browser.install()

    assert answer.status_code == status
    assert "Install the app" in text(answer)
    store = Store.objects.get()
    assert (store.secrets, store.paused_at) == (kept.secrets, None)
    assert browser.install().status_code == 200


def test_a_store_that_never_was_ours_leaves_nothing_when_it_fails(browser: Browser) -> None:
    browser.shop.fault("error_500_before", TOKEN)
    assert browser.install().status_code == 502
    assert not Store.objects.exists()
    assert not Merchant.objects.exists()
    assert not Exchange.objects.exists()


def test_a_wrong_client_secret_is_told_to_the_operator_not_to_the_merchant(
    browser: Browser, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PLATFORM_APPS["next29"]["client_secret"] = "wrong-secret-0123456789-0123456789"
    answer = browser.install()
    assert answer.status_code == 502
    assert "Please tell whoever runs this site" in text(answer)
    assert "does not take our client id and secret" in caplog.text
    assert "wrong-secret" not in caplog.text + text(answer)


def test_a_merchant_who_does_not_agree_changes_nothing(browser: Browser) -> None:
    link = browser.agree().replace("code=", "error=access_denied&was=")
    answer = browser.open(link)
    assert "was not agreed to, so nothing was changed" in text(answer)
    assert not Store.objects.exists()


def test_a_browser_that_looks_ahead_uses_nothing_up(browser: Browser) -> None:
    link = browser.agree()
    assert browser.client.head(link.removeprefix(SITE)).status_code == 405
    assert browser.client.post(link.removeprefix(SITE)).status_code == 405
    assert reached_the_token_endpoint(browser) == 0
    assert browser.open(link).status_code == 200


def test_spent_codes_are_forgotten_in_time(browser: Browser) -> None:
    browser.install()
    fresh = SpentCode.objects.get()
    SpentCode.objects.create(digest="old", at="2020-01-01T00:00:00Z")
    jobs.prune.defer()
    work()
    assert list(SpentCode.objects.all()) == [fresh]


# --- scopes ------------------------------------------------------------------------------------


def test_scopes_that_are_missing_are_told_in_words(browser: Browser) -> None:
    browser.shop.settings(grant_only=["fulfillment_service:read", "webhooks:read"])

    answer = browser.install()

    said = text(answer)
    assert (
        "We may not answer requests, register our warehouse and report shipments "
        "(fulfillment_service:write). We need that: install the app again and allow it."
    ) in said
    assert "(orders:read). We can work without." in said
    store = Store.objects.get()
    alarm = store.alarms.get(kind=alarms.MISSING_SCOPES)
    assert "fulfillment_service:write, webhooks:write" in alarm.message
    work()
    store.refresh_from_db()
    assert "permission" in store.subscription_remark

    browser.shop.settings(grant_only=[])
    assert "We may not" not in text(browser.install())
    work()
    store.refresh_from_db()
    assert not store.alarms.filter(kind=alarms.MISSING_SCOPES, cleared_at=None).exists()
    assert store.subscribed_at


# --- the page that a merchant opens later ------------------------------------------------------


def test_the_app_opened_from_the_dashboard_shows_how_the_store_is_connected(
    browser: Browser,
) -> None:
    browser.install()
    registration.register(Store.objects.get(), WarehouseFactory(name="Reno", city="Reno"))
    work()

    said = text(browser.look())

    assert f"<h1>{browser.domain}</h1>" in said
    assert "Your store is connected to us." in said
    assert "Reno: Reno, US, location" in said
    assert "Install the app" not in said


def test_opening_it_logs_nobody_in(browser: Browser) -> None:
    browser.install()
    answer = browser.look()
    assert "sessionid" not in browser.client.cookies
    assert browser.open("/admin/").status_code == 302
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_store_that_never_installed_us_is_told_how(browser: Browser) -> None:
    said = text(browser.look())
    assert "This store is not connected to us yet." in said
    assert f'href="/next29/app?store={browser.domain}"' in said


def test_a_token_of_another_store_shows_nothing(browser: Browser) -> None:
    browser.install()
    link = browser.session_link().replace(browser.domain, "another.29next.store")
    answer = browser.open(link)
    assert answer.status_code == 403
    assert "open the app from your store's dashboard once more" in text(answer).replace(
        "&#x27;", "'"
    )


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_proves_nothing_shows_nothing(browser: Browser, token: str) -> None:
    browser.install()
    answer = browser.open(f"/next29/app?store={browser.domain}&token={token}")
    assert answer.status_code == 403
    assert "connected" not in text(answer)


def test_the_page_says_why_a_store_rests_but_not_in_our_inner_words(browser: Browser) -> None:
    browser.install()
    store = Store.objects.get()
    alarms.pause(store, "They owe us money. (kim)")
    said = text(browser.look())
    assert "We have paused the exchange with your store for the moment." in said
    assert "kim" not in said

    alarms.pause(store, "401", kind=alarms.UNAUTHORIZED)
    assert "does not let us in any more" in text(browser.look())


def test_the_page_escapes_what_others_wrote(browser: Browser) -> None:
    browser.install()
    store = Store.objects.get()
    LocationFactory(store=store, name="<script>alert(1)</script>")
    said = text(browser.look())
    assert "<script>" not in said
    assert "&lt;script&gt;" in said
    assert "<b>" not in text(browser.open("/next29/app?store=<b>x"))


# --- credentials --------------------------------------------------------------------------------


def test_a_pasted_token_ends_what_was_granted_to_the_app(browser: Browser) -> None:
    browser.install()
    store = Store.objects.get()

    credentials.keep_pasted(store, access_token="pasted")

    store = Store.objects.get()
    assert store.credentials == {"access_token": "pasted"}
    assert (store.scopes, store.installed_at) == ("", None)


def test_credentials_encrypted_with_a_lost_key_are_replaced(browser: Browser) -> None:
    browser.install()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_store SET secrets = 'not to be decrypted'")

    assert browser.install().status_code == 200

    assert set(Store.objects.get().credentials) == {"access_token", "refresh_token"}


def test_our_client_secret_is_sent_to_the_token_endpoint_and_kept_nowhere(
    browser: Browser,
) -> None:
    browser.install()
    for exchange in Exchange.objects.all():
        kept = f"{exchange.request_body}{exchange.answer}{exchange.url}"
        assert CLIENT_SECRET not in kept
    body = Exchange.objects.get(purpose="install").request_body
    assert (body["client_secret"], body["code"]) == ("***", "***")
