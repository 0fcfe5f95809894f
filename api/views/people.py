"""Whose login it is. Contract fulfillment_com, operation 2."""

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import describe
from api.shapes.common import moment
from api.views.base import ApiView


class MeView(ApiView):
    """Says whose token it is."""

    @describe.me
    def get(self, request: Request) -> Response:
        """Return the user. Where they live is not known here, so there is no contactInfo."""
        user: User = self.scope.user
        return Response(
            {
                "id": user.pk,
                "name": user.get_full_name() or user.get_username(),
                "username": user.get_username(),
                "status": user.is_active,
                "merchant": {"id": self.scope.logins[0].merchant_id},
                "createDate": moment(user.date_joined),
                "updatedAt": moment(max(login.made_at for login in self.scope.logins)),
            }
        )
