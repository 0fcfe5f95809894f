"""What the rows of a file of stock would do, and does it, by way of the books."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory import ledger, publishing, skus
from inventory.files import columns
from inventory.files.rows import Row, Verdict
from inventory.files.whose import Asked, by_merchant
from inventory.ledger import Cause, Move
from inventory.models import Kind, Product, StockFile, StockLevel
from locations.models import Warehouse

NAMES = columns.LEVELS
NEEDED = ("warehouse", "sku", "on_hand")
MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """A row that says how many of a product lie in a warehouse."""

    row: Row
    product: Product
    warehouse: Warehouse
    figure: int


def judge(rows: Sequence[Row], asked: Asked) -> list[Wish]:
    """Write into each row what it would do; return those that would do something."""
    wishes = _wishes(rows, asked)
    levels = {
        (level.product_id, level.warehouse_id): level
        for level in StockLevel.objects.filter(
            product__in={wish.product.pk for wish in wishes},
            warehouse__in={wish.warehouse.pk for wish in wishes},
        )
    }
    for wish in wishes:
        _compare(wish, levels.get((wish.product.pk, wish.warehouse.pk)))
    return [wish for wish in wishes if wish.row.verdict in (Verdict.NEW, Verdict.CHANGED)]


def _wishes(rows: Sequence[Row], asked: Asked) -> list[Wish]:
    places = asked.warehouses()
    wishes: list[Wish] = []
    first: dict[tuple[int, int], int] = {}
    for merchant, mine in by_merchant(rows, asked).items():
        products = skus.find(merchant.pk, [row.get("sku") for row in mine])
        for row in mine:
            product, place = products.get(row.get("sku")), places.get(row.get("warehouse"))
            wrong = _wrong(row, product, place)
            if product and place and not wrong:
                at = (product.pk, place.pk)
                if at in first:
                    wrong = f"Row {first[at]} says how many of it lie there already."
                first.setdefault(at, row.number)
            if wrong or not product or not place:
                row.becomes(Verdict.WRONG, wrong)
            else:
                wishes.append(Wish(row, product, place, int(row.get("on_hand"))))
    return wishes


def _wrong(row: Row, product: Product | None, place: Warehouse | None) -> str:
    if product is None and "sku" in row.numbers:
        return columns.lost_zeros(row, "sku")
    if product is None:
        return "No product of this merchant has this SKU. Make the product first."
    if place is None:
        return f"You work in no warehouse that is called “{row.get('warehouse')}”."
    figure = row.get("on_hand")
    if not (figure.isascii() and figure.isdecimal()) or int(figure) > MOST:
        return f"“{figure}” is no figure: write how many are on hand, such as 47."
    return ""


def _compare(wish: Wish, level: StockLevel | None) -> None:
    wish.row.seen = level.moves if level else 0
    if level and level.moves and level.on_hand == wish.figure:
        return wish.row.becomes(Verdict.UNCHANGED, f"{wish.figure} on hand already.")
    if level and level.moves:
        return wish.row.becomes(Verdict.CHANGED, f"on hand {level.on_hand} → {wish.figure}")
    if wish.figure == 0 and wish.product.counted:
        return wish.row.becomes(Verdict.UNCHANGED, "None of it is there already.")
    return wish.row.becomes(Verdict.NEW, f"on hand {wish.figure}; counting begins")


def lock(wishes: Sequence[Wish]) -> None:
    """Keep everybody else from moving these levels before this transaction ends."""
    places = [(wish.product.pk, wish.warehouse.pk) for wish in wishes]
    ledger.lock(ledger.levels_at(places).values())


def write(wishes: Sequence[Wish], made: StockFile) -> None:
    """Book the difference of each row, all of them in a few statements."""
    ids = ledger.levels_at([(wish.product.pk, wish.warehouse.pk) for wish in wishes])
    levels = ledger.lock(ids.values())
    moves = []
    for wish in wishes:
        level = levels[ids[wish.product.pk, wish.warehouse.pk]]
        change = {"on_hand": wish.figure - level.on_hand}
        reason = f"File {made.file_name}"
        moves.append(Move(level.pk, Kind.ADJUSTED, change, Cause.of(made), reason))
    ledger.post(levels, moves, by=made.applied_by)
    # Of what is not there at all nothing moves, and yet that is known from now on.
    none = [wish.product.pk for wish in wishes if not wish.figure]
    ledger.begin_counting(none)
    publishing.wake_stores(none)
