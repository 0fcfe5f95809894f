"""Counting by scans: each adds one to the line of its product; the answer is read by a script."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import UUIDField
from django.http import HttpRequest, JsonResponse

from inventory import counting
from inventory.admin import count_sheet
from inventory.admin.places import merchants_of
from inventory.models import Stocktake, StocktakeLine
from platforms.errors import Refusal


def answer(request: HttpRequest, count: Stocktake) -> JsonResponse:
    """Count the unit that was scanned, or say in words why not. With `add`, first put the product
    on the sheet.
    """
    code = request.POST.get("code", "").strip()
    try:
        submission = UUIDField().clean(request.POST.get("submission", ""))
    except ValidationError:
        return JsonResponse({"words": "This scan has no number. Load the page again."})
    try:
        return JsonResponse(_taken(request, count, code, submission))
    except Refusal as refusal:
        return JsonResponse({"words": str(refusal)})


def _taken(
    request: HttpRequest, count: Stocktake, code: str, submission: uuid.UUID
) -> dict[str, Any]:
    lines = count_sheet.lines_of(count, code)
    if len(lines) > 1:
        return {"words": f"“{code[:60]}” means products of several merchants. Type the figure."}
    if not lines:
        return _not_on_the_sheet(request, count, code, submission)
    return _counted(request, count, lines[0].pk, submission)


def _not_on_the_sheet(
    request: HttpRequest, count: Stocktake, code: str, submission: uuid.UUID
) -> dict[str, Any]:
    mine = set(merchants_of(request.user).values_list("pk", flat=True))
    found = [p for p in count_sheet.meant(count, code) if p.merchant_id in mine]
    if len(found) != 1:
        return {"words": f"“{code[:60]}” is no product here. Set it aside, and go on."}
    if "add" not in request.POST:
        return {"words": f"{found[0]} is not on this sheet.", "can_add": True}
    line = counting.add(count.pk, found[0], by=request.user)  # type: ignore[arg-type]
    return _counted(request, count, line.pk, submission)


def _counted(
    request: HttpRequest, count: Stocktake, line_id: int, submission: uuid.UUID
) -> dict[str, Any]:
    counting.scan(count.pk, line_id, submission=submission, by=request.user)  # type: ignore[arg-type]
    line = count_sheet.with_products(StocktakeLine.objects.filter(pk=line_id)).get()
    product = line.level.product
    return {
        "words": f"{product.sku}: {line.counted}",
        "line": line.pk,
        "sku": product.sku,
        "title": product.title,
        "counted": line.counted,
    }
