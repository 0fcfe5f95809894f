"""Locations: made, read, replaced and removed through the API."""

import pytest

from tests.sandbox.stage import Stage, example


def test_a_location_is_created_and_read_back(empty_store: Stage) -> None:
    wanted = example("location_create.request")
    made = empty_store.service.post("/locations/", wanted)
    assert made == {"id": made["id"], **wanted}
    assert empty_store.service.get(f"/locations/{made['id']}/") == made
    assert empty_store.service.get("/locations/")["results"] == [made]


def test_a_put_loses_what_is_not_sent_back(empty_store: Stage) -> None:
    location_id = empty_store.location(callback_url="https://wms.example.com/cb/1")
    body = {"name": "Renamed", "address": {"line1": "1 Road", "line4": "Reno", "country": "US"}}
    changed = empty_store.service.good("PUT", f"/locations/{location_id}/", body)
    assert (changed["name"], changed["callback_url"]) == ("Renamed", None)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"address": None}, {"address": ["This field may not be null."]}),
        ({"address": {}}, "line1"),
        ({"address": {"line1": "a", "line4": "", "country": "US"}}, "line4"),
        ({"address": {"line1": "a", "line4": "b", "country": "USA"}}, "country"),
        ({"address": {"line1": "a" * 256, "line4": "b", "country": "US"}}, "line1"),
        ({"name": "n" * 129}, {"name": ["Ensure this field has no more than 128 characters."]}),
        ({"callback_url": "not a url"}, {"callback_url": ["Enter a valid URL."]}),
        ({"accept_return": "yes"}, {"accept_return": ["Must be a valid boolean."]}),
    ],
)
def test_an_implausible_location_is_refused(
    empty_store: Stage, change: dict[str, object], complaint: object
) -> None:
    body = {**example("location_create.request"), **change}
    answer = empty_store.service.call("POST", "/locations/", body)
    assert answer.status_code == 400
    if isinstance(complaint, str):
        assert complaint in answer.json()["address"]
    else:
        assert answer.json() == complaint


def test_an_address_is_required(empty_store: Stage) -> None:
    answer = empty_store.service.call("POST", "/locations/", {"name": "Nowhere"})
    assert answer.json() == {"address": ["This field is required."]}


def test_a_location_with_orders_stays(store: Stage) -> None:
    store.place()
    assert store.service.call("DELETE", "/locations/31/").status_code == 400


def test_an_empty_location_can_go(store: Stage) -> None:
    assert store.service.good("DELETE", "/locations/31/") is None
    assert store.service.call("GET", "/locations/31/").status_code == 404
