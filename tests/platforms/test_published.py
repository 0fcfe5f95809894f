"""The check of requests finds what the published document does not allow."""

import pytest

from tests.platforms.published import request_problems
from tests.platforms.tiny_server import Asked

STOCK = "/api/admin/stockrecords/"
VERSION = {"x-29next-api-version": "2024-04-01"}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "problem"),
    [
        ("PATCH", f"{STOCK}5001/", b'{"num_in_stock": "7"}', VERSION, "not of type 'integer'"),
        ("PATCH", f"{STOCK}5001/", b'{"in_stock": 7}', VERSION, "'in_stock' was unexpected"),
        ("PATCH", f"{STOCK}5001/", b'{"num_in_stock": 7}', {}, "no header X-29next-API-Version"),
        ("PATCH", STOCK, b"{}", VERSION, "is not in the document"),
        ("GET", f"{STOCK}5001", b"", VERSION, "is not in the document"),
        ("GET", f"{STOCK}?location=31", b"", VERSION, "no parameter location"),
        ("GET", STOCK, b"{}", VERSION, "no body is expected"),
    ],
)
def test_what_is_not_published_is_found(
    method: str, path: str, body: bytes, headers: dict[str, str], problem: str
) -> None:
    assert problem in " ".join(request_problems("next29", Asked(method, path, headers, body)))
