"""The webhook host: an app's events are switched on and off for each shop."""

from flask import Blueprint, Response, request

from sandbox.haravan import errors
from sandbox.haravan.looks import in_json, refusal
from sandbox.haravan.store import Hook, Store
from sandbox.world import World

ON = {"error": False, "message": "Đăng ký webhook thành công."}
OFF = {"error": False, "message": "Hủy đăng ký webhook thành công."}
NOT_ALLOWED = {"error": True, "message": "Bạn không có quyền thực hiện thao tác này."}


def register(pages: Blueprint, world: World) -> None:
    @pages.route("/<name>/api/subscribe", methods=["GET", "POST", "DELETE"])
    def subscribe(name: str) -> Response:
        store = world.haravan.get(name)
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if store is None or token not in store.tokens:
            return refusal(errors.unauthorized())
        if "wh_api" not in store.tokens[token]:
            return in_json(NOT_ALLOWED, 403)
        call = world.recorder.begin(store.place, request.method, request.path, "", None)
        call.operation, call.status = f"{request.method.lower()}Subscription", 200
        with world.lock:
            return in_json(_answer(store))


def _answer(store: Store) -> object:
    if request.method == "GET":
        return _listed(store)
    on = request.method == "POST"
    for hook in of_app(store):
        hook.on, hook.failures = on, 0
    return ON if on else OFF


def of_app(store: Store) -> list[Hook]:
    return [hook for hook in store.hooks if hook.of_app]


def _listed(store: Store) -> object:
    found = [
        {"id": f"wh-{number:04}", "event": topic, "url": hook.target}
        for hook in of_app(store)
        if hook.on
        for number, topic in enumerate(hook.topics, start=1)
    ]
    return {"data": found} if store.settings.subscriptions_wrapped else found
