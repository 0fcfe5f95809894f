"""What a shop sells, where it lies, and how levels are told: as JSON and from JSON."""

from collections.abc import Mapping

from sandbox.haravan import errors
from sandbox.haravan.state import Json, Location, StockRow, Variant, moment
from sandbox.haravan.store import Store
from sandbox.haravan.wire import Writer

RANGE = (
    (1117730451, 1046620118, "GM-BOWL-15", "Tô gốm men ngọc 15 cm", 185000.0),
    (1117730466, 1046620131, "GM-CUP-08", "Ly gốm men ngọc 8 cm", 95000.0),
    (1117730502, 1046620177, "GM-TRAY-30", "Khay gỗ keo 30 cm", 420000.0),
)
REASONS = frozenset(
    ["newproduct", "returned", "productionofgoods", "damaged", "shrinkage", "promotion", "transfer"]
)
MOST_LINES = 100


def furnish(store: Store) -> None:
    """Two locations, one on the road and one set aside; and the range of the shop."""
    for location in (
        Location(1204471, "Kho Tân Định"),
        Location(1204502, "Cửa hàng Lò Gốm"),
        Location(1204503, "Đang chuyển", "ontheroad"),
        Location(1204504, "Hàng lỗi", unavailable=True),
    ):
        store.locations[location.id] = location
    for variant_id, product_id, sku, title, price in RANGE:
        store.variants[variant_id] = Variant(variant_id, product_id, sku, title, price)


def location(writer: Writer, place: Location) -> Json:
    return {
        "id": place.id,
        "name": place.name,
        "location_type": "ontheroad" if place.kind == "ontheroad" else None,
        "type": place.kind,
        "address1": "5 Đường Lò Gốm",
        "address2": None,
        "zip": "700000",
        "city": None,
        "province": "Hồ Chí Minh",
        "province_code": "HC",
        "district": "Quận 1",
        "ward": "Phường Tân Định",
        "country": "Vietnam",
        "country_code": "VN",
        "phone": "02800000456",
        "is_primary": place.id == 1204471,
        "is_unavailable_quantity": place.unavailable,
        "created_at": writer.time(place.created_at),
        "updated_at": writer.time(place.created_at),
    }


def variant(store: Store, writer: Writer, each: Variant) -> Json:
    rows = [row.available for (_, ref), row in store.rows.items() if ref == each.id]
    return {
        "id": each.id,
        "product_id": each.product_id,
        "sku": each.sku,
        "title": each.title,
        "price": writer.money(each.price),
        "grams": each.grams,
        "inventory_management": "haravan" if each.tracked else None,
        "inventory_policy": "deny",
        "inventory_quantity": sum(rows),
        "fulfillment_service": None,
        "requires_shipping": True,
    }


def products(store: Store, writer: Writer, query: Mapping[str, str]) -> list[Json]:
    """Products with their variants; an empty SKU is no filter at all."""
    sku = query.get("sku")
    found: dict[int, list[Variant]] = {}
    for each in store.variants.values():
        if not sku or each.sku == sku:
            found.setdefault(each.product_id, []).append(each)
    return [
        {
            "id": product_id,
            "title": variants[0].title,
            "variants": [variant(store, writer, each) for each in variants],
        }
        for product_id, variants in sorted(found.items())
    ]


def row(writer: Writer, each: StockRow) -> Json:
    return {
        "id": each.id,
        "loc_id": each.location_id,
        "product_id": each.variant.product_id,
        "variant_id": each.variant.id,
        "qty_onhand": each.on_hand,
        "qty_commited": each.committed,
        "qty_incoming": 0,
        "qty_available": each.available,
        "updated_at": writer.time(each.updated_at),
    }


def rows(store: Store, query: Mapping[str, str]) -> list[StockRow]:
    """At most 250 rows, of the locations and variants named."""
    places, variants = (_ids(query.get(name)) for name in ("location_ids", "variant_ids"))
    if max(len(places or ()), len(variants or ())) > 50:
        raise errors.invalid("Dữ liệu không hợp lệ")
    since = int(query.get("since_id", "0"))
    found = [
        each
        for each in sorted(store.rows.values(), key=lambda each: each.id)
        if each.id > since
        and (places is None or each.location_id in places)
        and (variants is None or each.variant.id in variants)
    ]
    return found[: min(250, int(query.get("limit", "250")))]


def _ids(text: str | None) -> set[int] | None:
    return None if text is None else {int(each) for each in text.split(",") if each}


def adjust_or_set(store: Store, wish: Json) -> bool:
    """Change levels; tell whether any changed. Lines behind a bad one are not done."""
    place = store.locations.get(wish.get("location_id", 0))
    lines = wish.get("line_items")
    if place is None or place.kind == "ontheroad":
        raise errors.invalid("Kho điều chỉnh không hợp lệ")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        raise errors.invalid("Dữ liệu không hợp lệ")
    if wish.get("reason", "newproduct") not in REASONS:
        raise errors.invalid("Dữ liệu không hợp lệ")
    changed = [_apply(store, place.id, wish.get("type", "adjust"), line) for line in lines]
    return any(changed)


def _apply(store: Store, place: int, kind: str, line: Json) -> bool:
    quantity = line.get("quantity")
    sold = store.variants.get(line.get("product_variant_id", 0))
    if sold is None:
        raise errors.invalid("Biến thể không hợp lệ")
    if sold.product_id != line.get("product_id"):
        raise errors.invalid("Sản phẩm không hợp lệ")
    if type(quantity) is not int or (kind == "adjust" and quantity == 0):
        raise errors.invalid("Số lượng sản phẩm không hợp lệ")
    found = shelf(store, place, sold)
    before = found.on_hand
    level = quantity + (found.committed if store.settings.set_means == "available" else 0)
    found.on_hand = level if kind == "set" else before + quantity
    found.changes += 1
    found.updated_at = moment()
    store.effect("stock", None, "app", sku=sold.sku, level=found.on_hand)
    return found.on_hand != before


def shelf(store: Store, place: int, sold: Variant) -> StockRow:
    """The row of a variant at a location, made when first needed."""
    if (place, sold.id) not in store.rows:
        store.rows[place, sold.id] = StockRow(next(store.other_ids), place, sold)
    return store.rows[place, sold.id]
