"""What is said at an address below /v2 that there is not."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def nowhere(request: HttpRequest, path: str = "") -> JsonResponse:
    """Says in JSON that there is no such operation."""
    return JsonResponse({"message": "Not Found"}, status=404)
