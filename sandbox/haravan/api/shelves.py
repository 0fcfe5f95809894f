"""The shop itself, its locations, what it sells and how much of it there is."""

from sandbox.haravan import errors, goods
from sandbox.haravan.api.visit import Answer, Visit


def shop(visit: Visit) -> Answer:
    name = visit.store.name
    written = {
        "id": visit.store.org_id,
        "name": name.replace("-", " ").title(),
        "domain": f"https://{name}.myharavan.com/",
        "myharavan_domain": f"https://{name}.myharavan.com",
        "email": f"lienhe@{name}.example",
        "currency": "VND",
        "timezone": "(GMT+07:00) Hanoi",
        "country_code": "VN",
    }
    return {"shop": written}, 200


def locations(visit: Visit) -> Answer:
    found = visit.store.locations.values()
    return {"locations": [goods.location(visit.writer, each) for each in found]}, 200


def location(visit: Visit, id: int) -> Answer:
    found = visit.store.locations.get(id)
    if found is None:
        raise errors.not_found()
    return {"location": goods.location(visit.writer, found)}, 200


def products(visit: Visit) -> Answer:
    found = goods.products(visit.store, visit.writer, visit.query)
    size = min(int(visit.query.get("limit", "50")), visit.store.settings.page_size)
    first = (int(visit.query.get("page", "1")) - 1) * size
    return {"products": found[first : first + size]}, 200


def variant(visit: Visit, id: int) -> Answer:
    found = visit.store.variants.get(id)
    if found is None:
        raise errors.not_found()
    return {"variant": goods.variant(visit.store, visit.writer, found)}, 200


def rows(visit: Visit) -> Answer:
    found = goods.rows(visit.store, visit.query)
    return {"inventory_locations": [goods.row(visit.writer, each) for each in found]}, 200


def adjust_or_set(visit: Visit) -> Answer:
    changed = goods.adjust_or_set(visit.store, visit.wrapped("inventory"))
    return {"inventory": []} if changed else {}, 201 if changed else 200
