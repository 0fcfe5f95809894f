"""Our OpenAPI document, for programs and as a page to read."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.generic import View

from api.document import document


class DocumentView(View):
    """Gives our OpenAPI document."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return it as JSON."""
        return JsonResponse(document())


class ReadingView(View):
    """Shows our OpenAPI document as a page, without anything from another site."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page."""
        made = document()
        shown = {
            "title": made["info"]["title"],
            "description": made["info"]["description"],
            "operations": list(_operations(made)),
            "schemas": list(_schemas(made)),
        }
        return render(request, "api/docs.html", shown)


def _operations(made: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield {
                "name": f"{method.upper()} /v2{path}",
                "id": operation["operationId"],
                "description": operation.get("description", ""),
                "parameters": [
                    {**each, "kind": _kind(each["schema"])}
                    for each in operation.get("parameters", ())
                ],
                "takes": _content(operation.get("requestBody", {})),
                "answers": [
                    {"status": status, "text": said["description"], "kind": _content(said)}
                    for status, said in operation["responses"].items()
                ],
            }


def _schemas(made: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, schema in sorted(made["components"]["schemas"].items()):
        needed = schema.get("required", ())
        yield {
            "name": name,
            "description": schema.get("description", ""),
            "one_of": [_kind(each) for each in schema.get("oneOf", ())],
            "nodes": [
                {"name": node, "kind": _kind(kind), "needed": node in needed}
                for node, kind in schema.get("properties", {}).items()
            ],
        }


def _content(said: Mapping[str, Any]) -> str:
    kinds = [_kind(each["schema"]) for each in said.get("content", {}).values()]
    return kinds[0] if kinds else ""


def _kind(schema: Mapping[str, Any]) -> str:
    """Say in few words what a value is."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(each) for each in schema[several])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    more = [str(schema[name]) for name in ("format", "pattern") if name in schema]
    return " ".join([str(schema.get("type", "any")), *more])
