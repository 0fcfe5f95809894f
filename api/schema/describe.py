"""What each operation takes and answers, for our OpenAPI document."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from api.schema import more_responses as more
from api.schema import requests, responses

INTEGERS = {"type": "array", "items": {"type": "integer"}}
TEXTS = {"type": "array", "items": {"type": "string"}}
PLAIN, WITH_CONTEXT = responses.ErrorStandardV2, responses.ErrorStandardWithContextV2
BAD, NOBODY, FORBIDDEN, MISSING, LATE, CONFLICT, WRONG, MANY = (
    int(status)
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    )
)
WORDS = {
    BAD: "The query or the body cannot be read, or something in it is missing.",
    NOBODY: "No token, or one that is wrong or has expired.",
    FORBIDDEN: "The login may not do this.",
    MISSING: "There is no such thing, or nothing to list.",
    LATE: "Too late to cancel.",
    CONFLICT: "It is there already, or it is not the time for it.",
    WRONG: "A value is not acceptable.",
    MANY: "Too many requests; Retry-After says how many seconds to wait.",
    500: "Our fault.",
}
ALWAYS: Mapping[int, Any] = dict.fromkeys((NOBODY, FORBIDDEN, MANY, 500), PLAIN)
Describe = Callable[[Any], Any]


def _query(name: str, kind: Any, text: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, required=required, description=text)


def _list(name: str, kind: Any, text: str) -> OpenApiParameter:
    said = f"{text} Comma-separated; a repeated key is taken too."
    return OpenApiParameter(
        name, kind, OpenApiParameter.QUERY, description=said, style="form", explode=False
    )


def _path(name: str, kind: Any, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.PATH, required=True, description=text)


DATES = (
    _query("fromDate", str, "Begin of the window, an ISO 8601 date-time, included.", required=True),
    _query("toDate", str, "End of the window, included; not before fromDate.", required=True),
)
PAGES = (
    _query("page", {"type": "integer", "minimum": 1, "default": 1}, "The first one is 1."),
    _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": 200, "default": 80},
        "So many records on a page.",
    ),
)
MERCHANTS = _list("merchantIds", INTEGERS, "Only these merchants.")
WAREHOUSES = _list("warehouseIds", INTEGERS, "Only these warehouses.")
SKUS = _list("externalSkuNames", TEXTS, "Only these SKUs.")
HYDRATE = _list(
    "hydrate",
    {
        "type": "array",
        "items": {
            "type": "string",
            "enum": ["integrator", "lineItems", "trackingNumbers.carrier"],
        },
    },
    "Nodes to fill in.",
)
HYDRATE_ITEMS = _list(
    "hydrate",
    {"type": "array", "items": {"type": "string", "enum": ["items"]}},
    "Nodes to fill in.",
)
ANY_ID = _path("id", OpenApiTypes.STR, "Our id, or the merchant’s own.")
OUR_ID = _path("id", OpenApiTypes.INT32, "Our id.")


def _operation(
    name: str,
    tag: str,
    done: Mapping[int, Any],
    not_done: Mapping[int, Any] | None = None,
    *,
    parameters: tuple[OpenApiParameter, ...] = (),
    request: Any = None,
    **more_about: Any,
) -> Describe:
    """Describe an operation: what it takes, and every answer that there is."""
    answers = {**done, **ALWAYS, **(not_done or {})}
    described: Describe = extend_schema(
        operation_id=name,
        tags=[tag],
        parameters=list(parameters),
        request=request,
        responses={
            status: OpenApiResponse(kind, WORDS.get(status, "Done."))
            for status, kind in sorted(answers.items())
        },
        filters=False,
        **more_about,
    )
    return described


me = _operation("get-users-me", "Users", {200: more.UserContactV2})
list_orders = _operation(
    "get-orders",
    "Orders",
    {200: responses.OrdersArrayV2},
    {BAD: PLAIN, MISSING: PLAIN},
    parameters=(*DATES, MERCHANTS, WAREHOUSES, *PAGES, HYDRATE),
)
create_order = _operation(
    "post-orders",
    "Orders",
    {201: responses.OrderResponseV2},
    {BAD: PLAIN, CONFLICT: WITH_CONTEXT, WRONG: WITH_CONTEXT},
    request=requests.OrderRequestV2,
)
list_simple = _operation(
    "get-orders-simple",
    "Orders",
    {200: responses.OrdersSimpleArrayV2},
    {BAD: PLAIN, MISSING: PLAIN},
    parameters=(*DATES, MERCHANTS, WAREHOUSES, *PAGES),
)
get_order = _operation(
    "getOrder",
    "Orders",
    {200: responses.OrderResponseV2},
    {BAD: PLAIN, MISSING: PLAIN},
    parameters=(
        ANY_ID,
        _query("merchantId", OpenApiTypes.INT, "The id is this merchant’s own."),
        HYDRATE,
    ),
)
cancel_order = _operation(
    "delete-orders-id",
    "Orders",
    {200: responses.OrderResponseV2},
    {MISSING: PLAIN, LATE: PLAIN},
    parameters=(OUR_ID,),
)
ship_order = _operation(
    "put-orders-id-ship",
    "Partners",
    {200: responses.OrderResponseV2},
    {BAD: PLAIN, MISSING: PLAIN, CONFLICT: WITH_CONTEXT},
    parameters=(OUR_ID,),
    request=requests.OrderShipV2,
)
set_status = _operation(
    "put-orders-id-status",
    "Partners",
    {200: responses.OrderResponseV2},
    {BAD: PLAIN, MISSING: PLAIN, CONFLICT: WITH_CONTEXT, WRONG: WITH_CONTEXT},
    parameters=(OUR_ID,),
    request=requests.StatusTypeSimpleV2,
)
inventory = _operation(
    "get-inventory",
    "Inventory",
    {200: more.ItemInventoryArrayV2},
    {BAD: PLAIN, MISSING: PLAIN},
    parameters=(*PAGES, MERCHANTS, SKUS),
)
full_inventory = _operation(
    "get-inventory-full",
    "Inventory",
    {200: more.InventoryArrayV2},
    {BAD: PLAIN, MISSING: PLAIN},
    parameters=(SKUS, WAREHOUSES, *PAGES),
)
list_returns = _operation(
    "get-returns",
    "Returns",
    {200: more.ReturnsArrayV2},
    {BAD: PLAIN},
    parameters=(*DATES, *PAGES),
)
announce_return = _operation(
    "put-returns",
    "Returns",
    {201: more.RmaResponseV2, 202: more.RmaResponseV2},
    {BAD: PLAIN, MISSING: PLAIN, CONFLICT: more.RmaResponseV2, WRONG: WITH_CONTEXT},
    request=requests.RmaRequestV2,
)
accounting = _operation(
    "get-accounting",
    "Accounting",
    {200: more.AccountingArrayV2},
    {BAD: PLAIN},
    parameters=(
        *DATES,
        *PAGES,
        WAREHOUSES,
        _list("orderIds", INTEGERS, "Only these orders."),
        HYDRATE_ITEMS,
    ),
)
track = _operation(
    "get-track",
    "Tracking",
    {200: more.TrackResponseV2},
    {MISSING: PLAIN},
    parameters=(_path("trackingNumber", OpenApiTypes.STR, "The number on the parcel."),),
)
track_by_query = _operation(
    "get-track-by-query",
    "Tracking",
    {200: more.TrackByQueryResponseV2},
    {BAD: PLAIN, MISSING: PLAIN},
    parameters=(_query("trackingNumber", str, "The number on the parcel; without it, 400."),),
    deprecated=True,
)
