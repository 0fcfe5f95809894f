"""What a store sells: a small range of its own, and whatever is planted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One variant of a product; order lines name the variant, stock records name both."""

    id: int
    variant_id: int
    sku: str
    title: str
    variant_title: str = ""
    price: str = "12.00"

    @property
    def name(self) -> str:
        return f"{self.title} {self.variant_title}".strip()


RANGE = (
    Product(410, 411, "TENT-2P-GRN", "Ridge Tent 2P", "Green", "189.00"),
    Product(414, 415, "STAKE-8PK", "Tent Stakes 8 Pack", price="12.00"),
    Product(419, 420, "BAG-20F-L", "Sleeping Bag 20F", "Long", "149.00"),
    Product(432, 433, "MUG-ENM", "Enamel Mug", price="9.50"),
    Product(439, 440, "", "Gift Box (no SKU)", price="4.00"),
)


class Catalogue:
    """All products of one store, found by SKU and by number."""

    def __init__(self) -> None:
        self._by_sku: dict[str, Product] = {}
        self._by_number: dict[int, Product] = {}
        for product in RANGE:
            self.add(product)

    def add(self, product: Product) -> None:
        """Of several products with one SKU, the first is what a shopper gets by it."""
        self._by_sku.setdefault(product.sku, product)
        for number in (product.variant_id, product.id):
            self._by_number.setdefault(number, product)

    def called(self, sku: str) -> Product | None:
        return self._by_sku.get(sku)

    def numbered(self, number: int) -> Product | None:
        """By product or by variant; the contract does not say which of the two is meant."""
        return self._by_number.get(number)
