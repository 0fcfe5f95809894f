"""What the rows of a file of products would do, and does it.

An empty cell leaves what is there; a cell with barcodes or other SKUs names all of them.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from import_export.resources import ModelResource

from inventory import unknown_skus
from inventory.files import columns
from inventory.files.rows import Row, Verdict
from inventory.files.whose import Asked, by_merchant
from inventory.models import Barcode, Product, SkuAlias, StockFile
from locations.models import Merchant
from platforms.errors import Refusal

NAMES = columns.PRODUCTS
NEEDED = ("sku",)
OWN = tuple(name for name in NAMES if name not in ("merchant", "barcodes", "other_skus"))
AT_ONCE = 500
FASTER = "Somebody has just made or changed one of these products. Send the file again."


class ProductResource(ModelResource):
    """Reads texts into a product's columns, and says in words which of them it cannot."""

    class Meta:
        model = Product
        fields = OWN
        import_id_fields = ("sku",)

    def read(self, product: Product, cells: Mapping[str, str]) -> dict[str, str]:
        """Fill in the product; return what was wrong by column."""
        wrong: dict[str, str] = {}
        for name in OWN:
            if not cells.get(name):
                continue
            try:
                self.import_field(self.fields[name], product, cells)
            except (ValueError, ArithmeticError):
                wrong[name] = f"“{cells[name]}” is not a number."
        try:
            product.full_clean(
                exclude=[*wrong, "merchant"], validate_unique=False, validate_constraints=False
            )
        except ValidationError as error:
            for name, said in error.message_dict.items():
                wrong.setdefault("" if name == NON_FIELD_ERRORS else name, " ".join(said))
        return wrong


RESOURCE = ProductResource()


@dataclass(slots=True)
class Wish:
    """A row, the product as it would be, and its parts where the row names them."""

    row: Row
    product: Product
    changes: list[str] = field(default_factory=list)
    barcodes: list[str] | None = None
    other_skus: list[str] | None = None


def judge(rows: Sequence[Row], asked: Asked) -> list[Wish]:
    """Write into each row what it would do; return those that would do something."""
    wishes = []
    for merchant, mine in by_merchant(rows, asked).items():
        known = Known.of(merchant, mine)
        first: dict[str, int] = {}
        for row in mine:
            sku = row.get("sku")
            if sku in first:
                row.becomes(Verdict.WRONG, f"Row {first[sku]} has the same SKU.")
            elif wish := _wish(row, known):
                wishes.append(wish)
            first.setdefault(sku, row.number)
    return [wish for wish in wishes if wish.row.verdict in (Verdict.NEW, Verdict.CHANGED)]


@dataclass(slots=True)
class Known:
    """What is known of a merchant's products before the rows; read at once for all of them."""

    merchant: Merchant
    products: dict[str, Product]
    barcodes: dict[str, str]
    aliases: dict[str, str]

    @classmethod
    def of(cls, merchant: Merchant, rows: Sequence[Row]) -> "Known":
        """Read the products that the rows name, and whose their codes and other SKUs are."""
        wanted = {row.get("sku") for row in rows}
        others = {text for row in rows for text in _parts(row, "other_skus")}
        codes = {text for row in rows for text in _parts(row, "barcodes")}
        products = merchant.products.filter(sku__in=wanted | others)
        mine = Barcode.objects.filter(merchant=merchant, code__in=codes)
        alias = SkuAlias.objects.filter(merchant=merchant, sku__in=others)
        return cls(
            merchant,
            {p.sku: p for p in products.prefetch_related("barcodes", "aliases")},
            dict(mine.values_list("code", "product__sku")),
            dict(alias.values_list("sku", "product__sku")),
        )


def _parts(row: Row, column: str) -> list[str]:
    """Split at semicolons; barcodes also at blanks, which other SKUs may contain."""
    text = row.get(column)
    found = text.replace(";", " ").split() if column == "barcodes" else text.split(";")
    return [*dict.fromkeys(part.strip() for part in found if part.strip())]


def _wish(row: Row, known: Known) -> Wish | None:
    before = known.products.get(row.get("sku"))
    product = copy(before) if before else Product(merchant=known.merchant)
    wish = Wish(row, product)
    wrong = RESOURCE.read(product, row.cells)
    said = " ".join(f"{name}: {words}" if name else words for name, words in wrong.items())
    if said := said or _wrong_parts(row, before, known):
        row.becomes(Verdict.WRONG, said)
        return None
    wish.changes = _changes(before, product, wish, row)
    if before is None:
        row.becomes(Verdict.NEW, "; ".join(wish.changes))
    elif wish.changes:
        row.becomes(Verdict.CHANGED, "; ".join(wish.changes))
    else:
        row.becomes(Verdict.UNCHANGED, "It is so already.")
    return wish


def _wrong_parts(row: Row, before: Product | None, known: Known) -> str:
    sku = row.get("sku")
    if "sku" in row.numbers and before is None:
        return columns.lost_zeros(row, "sku")
    if "barcodes" in row.numbers and known.barcodes.get(row.get("barcodes")) != sku:
        return columns.lost_zeros(row, "barcodes")
    for code in _parts(row, "barcodes"):
        if len(code) > 100:
            return f"The barcode {code[:20]}… is longer than 100 characters."
        if known.barcodes.get(code, sku) != sku:
            return f"The barcode {code} belongs to {known.barcodes[code]}."
    for other in _parts(row, "other_skus"):
        if len(other) > 255:
            return f"The SKU {other[:20]}… is longer than 255 characters."
        if other == sku or other in known.products:
            return f"The other SKU {other} is the SKU of a product itself."
        if known.aliases.get(other, sku) != sku:
            return f"The other SKU {other} belongs to {known.aliases[other]}."
    # What an earlier row takes is no longer free for a later one.
    known.barcodes |= dict.fromkeys(_parts(row, "barcodes"), sku)
    known.aliases |= dict.fromkeys(_parts(row, "other_skus"), sku)
    return ""


def _changes(before: Product | None, after: Product, wish: Wish, row: Row) -> list[str]:
    """Say what would change, from what to what; and keep what becomes of the parts."""
    found = []
    for name in OWN:
        old, new = (
            _shown(RESOURCE.export_field(RESOURCE.fields[name], p)) for p in (before, after)
        )
        if old != new and name != "sku":
            found.append(f"{name} {old} → {new}" if before else f"{name} {new}")
    wish.barcodes = _part_change(before, row, "barcodes", found)
    wish.other_skus = _part_change(before, row, "other_skus", found)
    return found


def _part_change(
    before: Product | None, row: Row, column: str, found: list[str]
) -> list[str] | None:
    wanted = _parts(row, column)
    rows: Any = () if before is None else getattr(before, PARTS[column]).all()
    old = [str(part) for part in rows]
    if not wanted or set(wanted) == set(old):
        return None
    words = f"{_shown('; '.join(old))} → {_shown('; '.join(wanted))}"
    found.append(f"{column} {words if before else _shown('; '.join(wanted))}")
    return wanted


PARTS = {"barcodes": "barcodes", "other_skus": "aliases"}


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "") else f"“{value}”"


def lock(wishes: Sequence[Wish]) -> None:
    """Keep everybody else from changing these products before this transaction ends."""
    ids = [wish.product.pk for wish in wishes if wish.product.pk]
    list(Product.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))


def write(wishes: Sequence[Wish], made: StockFile) -> None:
    """Make and change products in a few statements. Raises Refusal when somebody was faster."""
    known = [wish.product for wish in wishes if wish.product.pk]
    new = [wish.product for wish in wishes if not wish.product.pk]
    try:
        Product.objects.bulk_create(new)
        Product.objects.bulk_update(known, [name for name in OWN if name != "sku"], AT_ONCE)
        _write_parts(Barcode, "code", [(wish.product, wish.barcodes) for wish in wishes])
        _write_parts(SkuAlias, "sku", [(wish.product, wish.other_skus) for wish in wishes])
    except IntegrityError as error:
        raise Refusal(FASTER) from error
    others = [wish.product.pk for wish in wishes if wish.other_skus is not None]
    Product.objects.filter(pk__in=others, counted=True).update(recount_promises=True)
    for merchant in {wish.product.merchant for wish in wishes}:
        unknown_skus.learn(merchant)


def _write_parts(
    model: Any, column: str, wanted: Sequence[tuple[Product, list[str] | None]]
) -> None:
    """Make these all the parts of their products; None leaves a product as it is."""
    named = {product.pk: (product, texts) for product, texts in wanted if texts is not None}
    known = {
        (product_id, text): pk
        for pk, product_id, text in model.objects.filter(product__in=named)
        .order_by()
        .values_list("pk", "product_id", column)
    }
    kept = {(pk, text) for pk, (_, texts) in named.items() for text in texts}
    model.objects.filter(pk__in=[pk for key, pk in known.items() if key not in kept]).delete()
    model.objects.bulk_create(
        model(product=product, merchant_id=product.merchant_id, **{column: text})
        for product, texts in named.values()
        for text in texts
        if (product.pk, text) not in known
    )
