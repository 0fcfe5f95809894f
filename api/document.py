"""Our OpenAPI document: made from the views, and from the one operation that is no such view."""

import functools
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from api.operations import OPERATIONS
from api.schema.token import COMPONENTS, OPERATION


@functools.cache
def document() -> dict[str, Any]:
    """Return the document. It is made once: what it says does not change while we run."""
    generator = SchemaGenerator(patterns=OPERATIONS)  # type: ignore[no-untyped-call]
    made: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    made["paths"] = {"/oauth/access_token": {"post": OPERATION}, **made["paths"]}
    made["components"]["schemas"] |= COMPONENTS
    return made
