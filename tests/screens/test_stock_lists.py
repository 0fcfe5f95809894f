"""The lists of stock: whose rows they show, and how many questions they ask the database."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.models import Product, StockLevel, StockMovement, StockRecord, UnknownSku
from locations.models import StockPolicy
from tests.factories import ProductFactory, StockRecordFactory, promised, stock
from tests.screens.catalogue import stocked
from tests.screens.conftest import House
from tests.screens.pages import address, page, text

LISTS = (Product, StockLevel, StockMovement, UnknownSku, StockRecord)
SESSION_USER_AND_PERMISSIONS = 4
MOST = 12


def asked(look: Callable[[], object]) -> int:
    look()  # whatever is remembered from the first time
    with CaptureQueriesContext(connection) as queries:
        look()
    return len(queries)


def fill(house: House, count: int) -> None:
    """So many rows of each list, in both warehouses."""
    house.store.stock_policy = StockPolicy.AVAILABLE
    house.store.save()
    for _ in range(count):
        product = ProductFactory(merchant=house.store.merchant)
        product.barcodes.create(merchant=product.merchant, code=product.sku)
        for number, place in enumerate((house.reno, house.erie)):
            level = stock(product, place.warehouse, 2)
            line = product.pk * 2 + number
            promised(level, house.store, 3, order_id=line, line_id=line)
            StockRecordFactory(location=place, sku=product.sku, product=product, mapped="yes")
        UnknownSku.objects.create(merchant=product.merchant, sku=f"X{product.pk}")


@pytest.mark.parametrize("who", ["supervisor", "manager"])
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_a_list_asks_no_more_for_many_rows_than_for_few(
    house: House, model: type[Model], who: str
) -> None:
    client = house.client(who)
    path = address(model, "changelist")
    fill(house, 3)
    few = asked(lambda: client.get(path))
    searched = asked(lambda: client.get(path, {"q": "SKU"}))
    fill(house, 30)
    assert asked(lambda: client.get(path)) == few
    assert asked(lambda: client.get(path, {"q": "SKU"})) == searched
    assert max(few, searched) - SESSION_USER_AND_PERMISSIONS <= MOST


@pytest.mark.parametrize("model", [Product, StockLevel], ids=lambda model: model.__name__)
def test_a_page_with_a_long_history_asks_no_more_than_one_with_a_short_one(
    manager: Client, house: House, model: type[Model]
) -> None:
    fill(house, 1)
    product = Product.objects.latest("pk")
    row = product if model is Product else product.levels.first()
    assert row
    path = address(model, "change", row.pk)
    few = asked(lambda: manager.get(path))
    for level in product.levels.all():
        for figure in range(10, 50):
            stock(product, level.warehouse, figure)
            promised(level, house.store, 90, order_id=1, line_id=level.pk * 1000 + figure)
    assert asked(lambda: manager.get(path)) == few


@pytest.mark.parametrize("model", [StockLevel, StockMovement], ids=lambda model: model.__name__)
def test_what_lies_and_moves_elsewhere_is_not_there(
    picker: Client, manager: Client, house: House, model: type[Model]
) -> None:
    fill(house, 2)
    path = address(model, "changelist")
    assert "Erie" not in text(picker.get(path))
    assert "Erie" in text(manager.get(path))
    theirs = StockLevel.objects.filter(warehouse=house.erie.warehouse).first()
    assert theirs
    if model is StockMovement:
        theirs = theirs.movements.first()
    assert theirs
    assert picker.get(address(model, "change", theirs.pk)).status_code in (302, 404)
    assert manager.get(address(model, "change", theirs.pk)).status_code == 200


@pytest.mark.parametrize("name", ["adjust_stock", "set_aside", "put_back", "set_buffer"])
def test_no_action_reaches_stock_of_another_warehouse_not_even_a_forged_one(
    supervisor: Client, house: House, name: str
) -> None:
    level = stock(Product.objects.get(), house.erie.warehouse, 5)
    assert page(supervisor, name, [level]).status_code == 302
    sent = {"confirmed": "1", "seen": f"{level.pk}:1", "how": "figure", "units": "9"}
    sent |= {"reason": "No", "where": "damaged"}
    answer = supervisor.post(address(StockLevel, "act", name), sent, follow=True)
    assert "it is not yours to work on" in text(answer)
    level.refresh_from_db()
    assert level.moves == 1


def test_filters_show_what_is_oversold_and_what_is_sold_out(picker: Client, house: House) -> None:
    def shown(**query: object) -> list[str]:
        found = picker.get(address(StockLevel, "changelist"), query).context["cl"].result_list
        return [row.product.sku for row in found]

    merchant = house.store.merchant
    for sku, on_hand, held in (("PLENTY", 9, 1), ("SOLD-OUT", 2, 2), ("OVERSOLD", 2, 5)):
        level = stock(ProductFactory(merchant=merchant, sku=sku), house.reno.warehouse, on_hand)
        promised(level, house.store, held, line_id=level.pk)
    assert shown(stock="oversold") == ["OVERSOLD"]
    assert shown(stock="nothing") == ["OVERSOLD", "SOLD-OUT"]
    assert len(shown(merchant=merchant.pk, warehouse=house.reno.warehouse_id)) == 3
    assert shown(merchant=merchant.pk + 1) == []


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%C2%B2", "warehouse=²&merchant=9" + "9" * 20, "q=%25"]
)
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_an_odd_query_breaks_nothing(house: House, model: type[Model], query: str) -> None:
    fill(house, 1)
    answer = house.client("manager").get(f"{address(model, 'changelist')}?{query}", follow=True)
    assert answer.status_code == 200
    row = model._default_manager.first()
    assert row
    path = address(model, "change", row.pk)
    odd = house.client("manager").get(f"{path}?before=x&warehouse=²&before=" + "9" * 30)
    assert odd.status_code == 200


def test_the_first_page_says_what_of_stock_needs_a_person(
    picker: Client, supervisor: Client, house: House
) -> None:
    fill(house, 2)
    StockRecord.objects.update(waits=True)

    def cards(client: Client) -> dict[str, tuple[str, str]]:
        shown = client.get("/admin/").context["stock"]
        return {card.label: (card.figure, card.url) for card in shown}

    assert list(cards(picker)) == ["Oversold"]
    found = cards(supervisor)
    figures = {label: figure for label, (figure, _) in found.items()}
    assert figures == {"Oversold": "2", "Unknown SKUs": "2", "Stock records that wait": "2"}
    for figure, url in found.values():
        rows = supervisor.get(url).context["cl"].result_list
        assert len(rows) == int(figure)


# --- a large catalogue -----------------------------------------------------------------------


def plans(look: Callable[[], object]) -> list[str]:
    """How the database carries out what is read of the large tables while somebody looks."""
    with CaptureQueriesContext(connection) as queries:
        look()
    found = []
    for query in queries.captured_queries:
        if query["sql"].startswith(("SELECT", "(SELECT")) and "inventory_" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}".replace("%", "%%"), [])
                found.append("\n".join(row[0] for row in cursor.fetchall()))
    return found


TERMS = ("BULK-0012345", "BULK-00123", "400012345", "kind 345", "zzz")
LARGE = ("product", "barcode", "stocklevel")


def test_a_search_reads_no_large_table_as_a_whole(manager: Client, house: House) -> None:
    stocked(house, 100_000)
    for path in (address(Product, "changelist"), address(StockLevel, "changelist")):
        for term in TERMS:
            made = plans(lambda p=path, q=term: manager.get(p, {"q": q}))  # type: ignore[misc]
            assert made
            whole = [
                plan for plan in made for name in LARGE if f"Seq Scan on inventory_{name} " in plan
            ]
            assert whole == [], term
