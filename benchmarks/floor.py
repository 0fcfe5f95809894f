"""The floor of every web request that keeps something: a bare Django view that makes one INSERT."""

import secrets

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as site
from relay.models import InboundMessage, MessageState


@csrf_exempt
def insert_one(request: HttpRequest, store_id: int) -> JsonResponse:
    """Insert one row into the table of messages, commit, and say so. Nothing else."""
    InboundMessage.objects.create(
        store_id=store_id,
        endpoint="callback",
        topic="floor",
        dedupe_key=secrets.token_hex(16),
        headers={},
        body=request.body,
        # Nobody is to read it.
        state=MessageState.DONE,
    )
    return JsonResponse({"ok": True})


urlpatterns = [*site, path("benchmarks/floor/<int:store_id>", insert_one)]
