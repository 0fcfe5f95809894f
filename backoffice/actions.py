"""Actions with a page in between: it shows what will happen, and what cannot and why.

The same action serves the list (many rows) and the detail page (one). The page is filled in
anew from the database when it is sent, and each row carries the revision that the person saw, so
sending it twice, late, or after somebody else acted is harmless.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

MOST_AT_ONCE = 1000
SHOWN_AT_MOST = 100
NOT_YOURS = "Nothing was selected, or it is not yours to work on."
Seen = dict[int, int | None]


@dataclass(slots=True)
class Result:
    """What became of the rows: those done, and those refused with the reason.

    `words` say it where the action's own would say too much.
    """

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person sent: who, on which rows (with the revision seen), with which words."""

    user: User
    seen: Seen
    cleaned: Mapping[str, Any]


NoForm = forms.Form


@dataclass(frozen=True, slots=True)
class ConfirmedAction:
    """One action. `why_not` and `effect` are asked for each row of the page.

    `load` reads beforehand, for all rows at once, what these two look at. `form` is made from
    the rows that can be acted on; `perform` does it. One that `scans` has a template with a field
    where the cursor waits. `rare` ones stand behind “More”.
    """

    name: str
    label: str
    permission: str
    done: str
    why_not: Callable[[Any], str]
    effect: Callable[[Any], str]
    perform: Callable[[Act], Result]
    form: Callable[[Sequence[Any], Mapping[str, Any] | None], forms.BaseForm] = lambda rows, sent: (
        NoForm(sent)
    )
    load: Callable[[Sequence[Any]], None] = lambda rows: None
    at_most: int = MOST_AT_ONCE
    icon: str = "check"
    danger: bool = False
    rare: bool = False
    template: str = "backoffice/confirm.html"

    def judge(self, rows: Sequence[Any]) -> list[tuple[Any, str]]:
        """Return each row with the reason why it cannot be acted on; empty when it can."""
        self.load(rows)
        return [(row, self.why_not(row)) for row in rows]


class ConfirmedActionsMixin:
    """Gives a ModelAdmin its confirmed actions, on the list and at `act/<name>/`."""

    confirmed_actions: Sequence[ConfirmedAction] = ()
    revision_field = ""
    change_form_outer_before_template = "backoffice/possible.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer those actions that this user may take, and no others."""
        return {
            action.name: (_as_list_action(action), action.name, action.label)
            for action in self.allowed_actions(request)
        }

    def allowed_actions(self, request: HttpRequest) -> list[ConfirmedAction]:
        """Return the actions whose permission this user has; none to who may not even look."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            return []
        return [a for a in self.confirmed_actions if request.user.has_perm(a.permission)]

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the actions."""
        view = self.admin_site.admin_view(self.act_view)  # type: ignore[attr-defined]
        page = path("act/<str:name>/", view, name=self._url_name)
        return [page, *super().get_urls()]  # type: ignore[misc]

    @property
    def _url_name(self) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        return f"{opts.app_label}_{opts.model_name}_act"

    def act_url(self, action: ConfirmedAction) -> str:
        """Return the address of an action's page; `?id=` names the row."""
        return reverse(f"admin:{self._url_name}", args=[action.name])

    def possible(self, request: HttpRequest, row: Model) -> list[tuple[ConfirmedAction, str]]:
        """Return what this user can do with the row now, each with the address of its page."""
        return [
            (action, f"{self.act_url(action)}?id={row.pk}")
            for action in self.allowed_actions(request)
            if not action.judge([row])[0][1]
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put what can be done above the form."""
        if row := context.get("original"):
            context["possible"] = self.possible(request, row)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def act_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show the page, or act when it is sent."""
        allowed = {action.name: action for action in self.allowed_actions(request)}
        if name not in allowed:
            raise Http404(f"There is no action {name} for you here.")
        if request.method == "POST" and "confirmed" in request.POST:
            return self._act(request, allowed[name])
        ids = [i for i in request.GET.getlist("id") if i.isdecimal()]
        return self.confirm(request, allowed[name], self._rows(request, ids))

    def confirm(
        self,
        request: HttpRequest,
        action: ConfirmedAction,
        rows: QuerySet[Any],
        sent: Mapping[str, Any] | None = None,
        seen: Seen | None = None,
    ) -> HttpResponse:
        """Render the page that says what will happen and what cannot.

        A page that comes back with an error keeps the revisions that were `seen` at first: who
        repairs a field has not looked at the row again.
        """
        found = list(rows[: action.at_most + 1])
        if not found:
            messages.warning(request, NOT_YOURS)
            return HttpResponseRedirect(self._list_url(_list_query(request)))
        judged = action.judge(found[: action.at_most])
        can = [row for row, reason in judged if not reason]
        cannot = [(row, reason) for row, reason in judged if reason]
        form = action.form(can, sent) if can else None
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": action.label,
            "action": action,
            "act_url": self.act_url(action),
            "seen": " ".join(self._seen(row, seen or {}) for row in can),
            "can": [(row, action.effect(row)) for row in can[:SHOWN_AT_MOST]],
            "can_count": len(can),
            "can_more": len(can) - SHOWN_AT_MOST,
            "cannot": cannot[:SHOWN_AT_MOST],
            "cannot_count": len(cannot),
            "cannot_more": len(cannot) - SHOWN_AT_MOST,
            "too_many": action.at_most if len(found) > action.at_most else 0,
            "form": form,
            "cursor_in_form": bool(form) and (_scans(form) or _place_cursor(form)),
            "list_query": _list_query(request),
            "back_url": self._back_url(request, found),
        }
        return TemplateResponse(request, action.template, context)

    def _act(self, request: HttpRequest, action: ConfirmedAction) -> HttpResponse:
        seen = _read_seen(request.POST.get("seen", ""), action.at_most)
        rows = self._rows(request, seen)
        judged = action.judge(list(rows))
        can = [row for row, reason in judged if not reason]
        result = Result()
        if can:
            form = action.form(can, request.POST)
            if not form.is_valid():
                return self.confirm(request, action, rows, request.POST, seen)
            allowed = {row.pk: seen[row.pk] for row in can}
            result = action.perform(Act(request.user, allowed, form.cleaned_data))  # type: ignore[arg-type]
        result.refused += [(str(row), reason) for row, reason in judged if reason]
        self._say(request, action, result)
        return HttpResponseRedirect(self._back_url(request, [row for row, _ in judged]))

    def _rows(self, request: HttpRequest, ids: Iterable[int | str]) -> QuerySet[Any]:
        """Return those of the rows that this user may see."""
        rows: QuerySet[Any] = self.get_queryset(request)  # type: ignore[attr-defined]
        return rows.filter(pk__in=list(ids))

    def _say(self, request: HttpRequest, action: ConfirmedAction, result: Result) -> None:
        """One message, counted; reasons for the first few that were refused."""
        refused = [f"{row}: {reason}" for row, reason in result.refused[:5]]
        more = len(result.refused) - len(refused)
        tail = f" And {more} more." if more > 0 else ""
        if result.done and not refused:
            messages.success(request, f"{result.words or action.done}: {result.done}.")
        elif result.done:
            text = f"{result.words or action.done}: {result.done}. "
            text += f"Not possible: {len(result.refused)}. "
            messages.warning(request, text + " ".join(refused) + tail)
        elif refused:
            messages.error(request, "Nothing was done. " + " ".join(refused) + tail)
        else:
            messages.warning(request, NOT_YOURS)

    def _seen(self, row: Model, before: Seen) -> str:
        revision = getattr(row, self.revision_field) if self.revision_field else ""
        first = before.get(row.pk)
        return f"{row.pk}:{revision if first is None else first}"

    def _back_url(self, request: HttpRequest, rows: Sequence[Model]) -> str:
        """Return the page of the one row, or the list with the filters that were chosen."""
        if len(rows) != 1 or _list_query(request):
            return self._list_url(_list_query(request))
        opts = self.opts  # type: ignore[attr-defined]
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[rows[0].pk])

    def _list_url(self, query: str) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        return f"{url}?{query}" if query else url


def _list_query(request: HttpRequest) -> str:
    """Return the filters of the list that an action was chosen on; empty on a row's own page."""
    if "list_query" in request.POST:
        return QueryDict(request.POST["list_query"]).urlencode()
    return request.GET.urlencode() if "action" in request.POST else ""


def _as_list_action(action: ConfirmedAction) -> Callable[..., HttpResponse]:
    def show(admin: ConfirmedActionsMixin, request: HttpRequest, rows: Any) -> HttpResponse:
        return admin.confirm(request, action, rows)

    return show


def _scans(form: Any) -> bool:
    """Tell whether the form's page has a field for scans: then the cursor waits there."""
    return bool(getattr(form, "scans", False))


def _place_cursor(form: Any) -> bool:
    """Put the cursor where something is to be repaired, else into the first field that must be
    filled in, an empty one before one that is filled in already: the next scan goes there. Tell
    whether there is such a field.
    """
    asked = [one for part in getattr(form, "forms", [form]) for one in part if not one.is_hidden]
    needed = [one for one in asked if one.field.required]
    empty = [one for one in needed if not one.value()]
    first = [one for one in asked if one.errors] or empty or needed
    for one in first[:1]:
        one.field.widget.attrs["autofocus"] = True
    return bool(first)


def _read_seen(text: str, at_most: int) -> Seen:
    """Read `12:3 14:` (row 12 in revision 3, row 14); what is neither is left out."""
    seen: Seen = {}
    for value in text.split()[:at_most]:
        row, _, revision = value.partition(":")
        if row.isdecimal():
            seen[int(row)] = int(revision) if revision.isdecimal() else None
    return seen
