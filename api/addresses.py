"""The addresses of the contract, below /v2; the token endpoints are below the root as well."""

from django.urls import path

from api.oauth.views import AuthorizeView, LogInView, TokenView
from api.operations import OPERATIONS
from api.views.document import DocumentView, ReadingView
from api.views.nowhere import nowhere

urlpatterns = [
    *(
        route
        for before in ("", "v2/")
        for route in (
            path(f"{before}oauth/access_token", TokenView.as_view()),
            path(f"{before}oauth/authorize", AuthorizeView.as_view()),
        )
    ),
    path("oauth/login", LogInView.as_view(), name="api-login"),
    *OPERATIONS,
    path("v2/openapi.json", DocumentView.as_view(), name="api-document"),
    path("v2/docs", ReadingView.as_view(), name="api-docs"),
    path("v2", nowhere),
    path("v2/", nowhere),
    path("v2/<anything:path>", nowhere),
]
