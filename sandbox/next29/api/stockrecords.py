"""Stock records: how many units a store believes are at each location."""

from sandbox.next29 import errors, wire
from sandbox.next29.api import stock_filters
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.goods import Product
from sandbox.next29.state import SERVICE, Location, StockRecord
from sandbox.next29.store import free
from sandbox.refusals import ApiError


def index(visit: Visit) -> Answer:
    stock, sku = visit.store.stock, visit.one("sku")
    candidates = stock.all() if sku is None else stock.called(sku)
    return visit.sheet(candidates, wire.stock_record, stock_filters.chosen_by(visit))


def retrieve(visit: Visit, id: int) -> Answer:
    return Answer(wire.stock_record(_find(visit, id)))


def create(visit: Visit) -> Answer:
    store, place, product = visit.store, _place(visit), _product(visit)
    _one_each(visit, place, product, None)
    new_id = free(store.stock_record_ids, store.stock)
    record = StockRecord(new_id, place, product)
    store.stock.add(record)
    _write(visit, record)
    store.effect("stockrecord-create", None, SERVICE, stockrecord_id=new_id)
    return Answer(wire.stock_record(record), 201)


def update(visit: Visit, id: int) -> Answer:
    """A place moves the record there, and a figure turns tracking on: nobody asks back."""
    record = _find(visit, id)
    place = _place(visit) if "location_id" in visit.body else record.location
    product = _product(visit) if "product" in visit.body else record.product
    _one_each(visit, place, product, record)
    visit.store.stock.move(record, place, product)
    _write(visit, record)
    record.changes += 1
    changed = dict(visit.body)
    visit.store.effect("stockrecord-update", None, SERVICE, stockrecord_id=id, changed=changed)
    return Answer(wire.stock_record(record))


def destroy(visit: Visit, id: int) -> Answer:
    record = _find(visit, id)
    visit.store.stock.remove(record)
    for order in visit.store.fulfillment_orders.values():
        order.forget(record)
    visit.store.effect("stockrecord-delete", None, SERVICE, stockrecord_id=id)
    return Answer(None, 204)


def _find(visit: Visit, id: int) -> StockRecord:
    record = visit.store.stock.get(id)
    if record is None:
        raise errors.not_found()
    return record


def _place(visit: Visit) -> Location:
    found = visit.store.locations.get(visit.body["location_id"])
    if found is None:
        raise _no_such("location_id", visit.body["location_id"])
    return found


def _product(visit: Visit) -> Product:
    found = visit.store.catalogue.numbered(visit.body["product"])
    if found is None:
        raise _no_such("product", visit.body["product"])
    return found


def _no_such(name: str, number: int) -> ApiError:
    return errors.invalid({name: [f'Invalid pk "{number}" - object does not exist.']})


def _one_each(visit: Visit, place: Location, product: Product, own: StockRecord | None) -> None:
    if visit.store.stock.of(place, product) not in (None, own):
        problem = "The fields location, product must make a unique set."
        raise errors.invalid({"non_field_errors": [problem]})


def _write(visit: Visit, record: StockRecord) -> None:
    if "num_in_stock" in visit.body:
        record.count(visit.body["num_in_stock"])
    record.low_stock_threshold = visit.body.get("low_stock_threshold", record.low_stock_threshold)
    record.touch()
