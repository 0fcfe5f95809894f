"""Orders: asked for, looked at, and stopped."""

from sandbox.fulfillment_com import errors, lists, rules, taking
from sandbox.fulfillment_com.api.visit import Answer, Visit
from sandbox.fulfillment_com.state import Order


def create(visit: Visit) -> Answer:
    order = taking.take(visit.warehouse, visit.login, visit.body, visit.call)
    return visit.writer.order(order), 201


def index(visit: Visit) -> Answer:
    """Those taken in the time; an empty page is a 404."""
    since, until = lists.window(visit.query)
    buildings = lists.several(visit.query, "warehouseIds")
    merchants = lists.several(visit.query, "merchantIds")
    found = [
        order
        for order in visit.warehouse.orders.values()
        if since <= order.recorded_on <= until
        and order.merchant in visit.login.merchants
        and (not buildings or str(order.warehouse_id) in buildings)
        and (not merchants or str(order.merchant) in merchants)
    ]
    written = lists.page(found, visit.query, visit.warehouse.settings, visit.writer.order)
    if not written["data"]:
        raise errors.not_found("No Orders Found")
    shape = visit.warehouse.settings.list_shape
    if shape == "envelope":
        return written, 200
    return (written["data"] if shape == "array" else written["data"][0]), 200


def retrieve(visit: Visit, id: str) -> Answer:
    return visit.writer.order(_find(visit, id)), 200


def cancel(visit: Visit, id: str) -> Answer:
    """Only by the warehouse's own number."""
    order = visit.warehouse.order(_number(id), visit.login.merchants)
    rules.cancel(visit.warehouse, order, visit.login.user_id)
    return visit.writer.order(order), 200


def _find(visit: Visit, id: str) -> Order:
    """Either number will do; which goes first depends on whether the merchant is named."""
    merchant = lists.single(visit.query, "merchantId")
    if merchant:
        if not merchant.isdecimal() or int(merchant) not in visit.login.merchants:
            raise errors.not_found()
        named = visit.warehouse.named(id, (int(merchant),))
        return named or visit.warehouse.order(_number(id), (int(merchant),))
    if not id.isdecimal():
        visit.call.violations.append("a merchant's own number is asked for without merchantId")
    order = visit.warehouse.orders.get(int(id)) if id.isdecimal() else None
    if order is not None and order.merchant in visit.login.merchants:
        return order
    found = visit.warehouse.named(id, visit.login.merchants)
    if found is None:
        raise errors.not_found()
    return found


def _number(id: str) -> int:
    if not id.isdecimal() or int(id) > 2**31 - 1:
        raise errors.not_found()
    return int(id)
