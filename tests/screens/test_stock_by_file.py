"""Products and stock by file in the admin: send, look, apply, and send it once more unharmed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventory.models import Product, StockFile, StockLevel
from tests.factories import stock
from tests.screens.conftest import House
from tests.screens.pages import address, said, text
from tests.screens.test_exports import export

ADD = address(StockFile, "add")


def upload(client: Client, content: bytes, kind: str = "levels") -> Any:
    sent = {"file": SimpleUploadedFile("stock.csv", content), "kind": kind}
    return client.post(ADD, sent, follow=True)


def apply(client: Client, made: StockFile) -> Any:
    sent = {"confirmed": "1", "seen": f"{made.pk}:"}
    return client.post(address(StockFile, "act", "apply_file"), sent)


def test_a_file_is_looked_at_and_then_applied(manager: Client, house: House) -> None:
    tent = Product.objects.get()
    stock(tent, house.reno.warehouse, 10)
    shown = text(
        upload(
            manager,
            f"merchant,warehouse,sku,on_hand\n{tent.merchant},Reno,{tent.sku},47\n".encode(),
        )
    )
    assert "Row 2: on hand 10 → 47" in shown
    assert "Apply: 1 row" in shown
    made = StockFile.objects.get()
    assert said(apply(manager, made)) == "Files applied: 1."
    assert "has applied it at" in said(apply(manager, made))
    assert StockLevel.objects.get().on_hand == 47
    after = text(manager.get(address(StockFile, "change", made.pk)))
    assert "Applied" in after
    assert "Apply: 1 row" not in after
    level = manager.get(address(StockLevel, "change", StockLevel.objects.get().pk))
    assert address(StockFile, "change", made.pk) in level.content.decode()


def test_errors_stand_first_and_cannot_be_applied(manager: Client, house: House) -> None:
    merchant = house.store.merchant
    shown = text(upload(manager, f"merchant,sku\n{merchant},MUG\nNobody,A\n".encode(), "products"))
    assert shown.index("Row 3: No merchant of yours is called “Nobody”.") < shown.index("Row 2:")
    assert "Apply:" not in shown
    made = StockFile.objects.get()
    assert "Repair these rows" in said(apply(manager, made))
    assert Product.objects.count() == 1


def test_a_file_that_cannot_be_read_is_refused_beside_the_field(manager: Client) -> None:
    assert "The file is empty." in text(upload(manager, b""))
    assert "The column warehouse is missing" in text(upload(manager, b"sku\nA\n"))
    assert "The file is larger than 5 MB" in text(upload(manager, b"x" * (5 * 1024 * 1024 + 1)))


@pytest.mark.parametrize("kind", ["products", "levels"])
def test_a_template_has_the_names_of_all_columns(manager: Client, kind: str) -> None:
    answer = manager.get(address(StockFile, "template", kind))
    assert "sku" in answer.content.decode()
    assert (
        "kind=" + kind
        in manager.get(
            address(Product if kind == "products" else StockLevel, "changelist")
        ).content.decode()
    )
    assert manager.get(address(StockFile, "template", "orders")).status_code == 404


@pytest.mark.parametrize("model", [Product, StockLevel], ids=lambda model: model.__name__)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_downloaded_changes_nothing_when_it_is_sent_back(
    manager: Client, house: House, model: type[Product], kind: str
) -> None:
    tent = Product.objects.get()
    Product.objects.update(sku="=00123", title="A tent", weight_grams=900, customs_value="12.50")
    tent.barcodes.create(merchant=tent.merchant, code="0004006")
    tent.aliases.create(merchant=tent.merchant, sku="00 7")
    tent.refresh_from_db()
    stock(tent, house.reno.warehouse, 10)
    content = export(manager, model, kind).content
    sent = {"kind": "products" if model is Product else "levels"}
    sent["file"] = SimpleUploadedFile(f"a.{kind}", content)  # type: ignore[assignment]
    shown = text(manager.post(ADD, sent, follow=True))
    made = StockFile.objects.get()
    assert (made.unchanged, made.new, made.changed, made.wrong) == (1, 0, 0, 0), shown
    assert made.remarks == ""


def test_nobody_imports_without_the_permission_and_sees_the_files_of_others(
    supervisor: Client, manager: Client, house: House
) -> None:
    assert supervisor.get(ADD).status_code == 403
    assert upload(supervisor, b"sku\nA\n").status_code == 403
    made = StockFile.objects.create(kind="levels", file_name="a.csv", state="preview", changed=1)
    assert apply(supervisor, made).status_code == 404
    assert supervisor.get(address(StockFile, "template", "levels")).status_code == 403
    assert "Send a file" not in text(supervisor.get(address(StockLevel, "changelist")))
