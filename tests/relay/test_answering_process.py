"""The tutorial's call, byte for byte, to the site as it is run; and how an operator gets there."""

import http.client
import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from locations.models import Store
from tests.factories import ProductFactory, WarehouseFactory
from tests.processes import web
from tests.spree_hub import NUMBER, SKUS, TOKEN, Hub, open_hub, shipment

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("engine")]
SEED = b'{"message_id":"518726r85010000001","payload":{}}'


def curl(url: str, body: bytes, **headers: str) -> tuple[int, str, bytes]:
    """What curl sends with -X POST -d, and nothing else."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    kind = {"Accept": "*/*", "Content-Type": "application/json", **headers}
    line.request("POST", "/spree_hub/drop_ship", body, kind)
    answer = line.getresponse()
    return answer.status, answer.headers["Content-Type"], answer.read()


@pytest.mark.acceptance("spree_hub", 1)
def test_the_tutorial_s_call_gets_the_tutorial_s_answer() -> None:
    hub = open_hub(open=True)
    heard = (200, "application/json;charset=utf-8", b'{"message_id":"518726r85010000001"}')
    with web() as url:
        assert curl(url, SEED) == heard
        hub.store.options["open"] = False
        hub.store.save()
        assert curl(url, SEED)[0] == 401
        assert curl(url, SEED, **{"X-Augury-Token": TOKEN}) == heard
        assert curl(url, SEED[:20])[0] == 401
        assert curl(url, SEED[:20], **{"X-Augury-Token": TOKEN})[0] == 406


def test_an_operator_connects_a_store_with_one_command(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    WarehouseFactory(name="Reno")
    said = io.StringIO()
    call_command(
        *("connect_store", "spree_hub", "acme-goods", "--merchant", "Acme Goods"),
        *("--token-file", str(token), "--warehouse", "Reno", "--location", "Dulles East"),
        *("--option", "served=US -995", "--option", "hub_store=54a1c07e6465661f2b0c0000"),
        stdout=said,
    )
    assert "http://127.0.0.1:8000/spree_hub\n" in said.getvalue()
    store = Store.objects.get()
    assert (store.paused_at, store.filled_options["served"]) == (None, "US -995")
    assert "The hub calls us" in store.check_result
    for sku in SKUS:
        ProductFactory(merchant=store.merchant, sku=sku)
    assert Hub(store).second("add_shipment", shipment=shipment()).status == 200
    assert Hub(store).order(NUMBER).warehouse.name == "Reno"
