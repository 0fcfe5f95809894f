"""The settings are strict: what is missing or cannot be meant is refused in words."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.reading import ENOUGH, NO_DEFAULT, SETTINGS, run_settings, settings_read

KINDS = {setting.name: setting.kind for setting in settings_read(SETTINGS)}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in ENOUGH.items() if key != name}


def test_what_a_site_cannot_do_without_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = run_settings(monkeypatch, **ENOUGH)

    assert settings["DATABASES"]["default"]["HOST"] == "db.example.com"
    assert (settings["DEBUG"], settings["HTTPS"], settings["ALLOW_LOCAL_STORES"]) == (
        *(False, True, False),
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "CREDENTIALS_SALT", "PUBLIC_URL", "ALLOWED_HOSTS"])
def test_each_of_them_is_missed_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        run_settings(monkeypatch, **without(name))


def test_without_a_database_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set DATABASE_URL to a PostgreSQL server"):
        run_settings(monkeypatch, **without("DATABASE_URL"))


@pytest.mark.parametrize("url", ["nonsense", "mysql://db/crossdock", "sqlite:///file"])
def test_only_postgresql_will_do(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must name a PostgreSQL server"):
        run_settings(monkeypatch, **{**ENOUGH, "DATABASE_URL": url})


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind == "bool"])
@pytest.mark.parametrize("value", ["perhaps", "", "2"])
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} must be true or false, not '{value}'"):
        run_settings(monkeypatch, **ENOUGH, **{name: value})


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind in ("int", "float")])
@pytest.mark.parametrize("value", ["many", "", "-1", "nan", "1e99"])
def test_a_number_is_a_number(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"{name} must be a .*number, not '{value}'"):
        run_settings(monkeypatch, **ENOUGH, **{name: value})


def test_a_silent_connection_is_given_up_by_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    options = run_settings(monkeypatch, **ENOUGH)["DATABASES"]["default"]["OPTIONS"]

    waits = (
        options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"]
    )
    assert waits <= 30
    assert options["tcp_user_timeout"] <= 30_000
    for name in ("tcp_keepalives_idle=10", "idle_in_transaction_session_timeout=60000"):
        assert f"-c {name}" in options["options"]


def test_the_address_of_the_database_may_say_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{ENOUGH['DATABASE_URL']}?tcp_user_timeout=2000&sslmode=require"
    options = run_settings(monkeypatch, **{**ENOUGH, "DATABASE_URL": url})["DATABASES"]["default"][
        "OPTIONS"
    ]

    assert (str(options["tcp_user_timeout"]), options["sslmode"]) == ("2000", "require")
    assert options["keepalives_idle"] == 10


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {}
    for name in ("SECRET_KEY", "DATABASE_URL", "CREDENTIALS_SALT"):
        file = tmp_path / name
        file.write_text(f"{ENOUGH[name]}\n")
        files[f"{name}_FILE"] = str(file)
    public = {name: ENOUGH[name] for name in ("PUBLIC_URL", "ALLOWED_HOSTS")}

    settings = run_settings(monkeypatch, **public, **files)

    assert settings["SECRET_KEY"] == ENOUGH["SECRET_KEY"], "the line break is not part of it"
    assert settings["SALT_KEY"] == [ENOUGH["CREDENTIALS_SALT"]]
    assert settings["DATABASES"]["default"]["NAME"] == "crossdock"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE names a file that cannot be"):
        run_settings(monkeypatch, **without("SECRET_KEY"), SECRET_KEY_FILE="/nowhere")


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "env"
    file.write_text("TIME_ZONE=Europe/Berlin\nLOG_LEVEL=DEBUG\n")

    settings = run_settings(monkeypatch, **ENOUGH, ENV_FILE=str(file), LOG_LEVEL="ERROR")

    assert (settings["TIME_ZONE"], settings["LOGGING"]["root"]["level"]) == (
        *("Europe/Berlin", "ERROR"),
    )


def test_no_secret_has_a_default() -> None:
    secret = [each for each in settings_read() if each.name.endswith(("_KEY", "SALT"))]
    assert [each.name for each in secret] == ["SECRET_KEY", "CREDENTIALS_SALT"]
    assert all(each.default is NO_DEFAULT for each in secret)
