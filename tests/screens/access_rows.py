"""Who calls our API, and what they have left here: a row of each for the screens."""

from django.db.models import Model
from oauth2_provider.models import get_access_token_model, get_application_model

from api import keys
from api.models import ApiKey, Consignee, ExpectedReturn, Login
from tests.api.caller import client_row, token_of
from tests.screens.conftest import House


def login(house: House) -> Login:
    merchant, user = house.store.merchant, house.people["not staff"]
    row, _ = Login.objects.get_or_create(user=user, merchant=merchant)
    return row


def key(house: House) -> ApiKey:
    keys.issue(house.people["not staff"])
    return ApiKey.objects.latest("id")


def client(house: House) -> Model:
    """Its id is drawn by lot; this is as wide as any that can be drawn."""
    earlier = get_application_model().objects.count()
    row: Model = client_row(client_id=f"{earlier:W>40}")
    return row


def token(house: House) -> Model:
    token_of(house.people["not staff"])
    row: Model = get_access_token_model().objects.latest("id")
    return row


def announced_return(house: House) -> ExpectedReturn:
    merchant = house.store.merchant
    consignee = Consignee.objects.create(merchant=merchant, sent={"lastName": "Osei"})
    return ExpectedReturn.objects.create(
        merchant=merchant, rma_number=f"RMA-{consignee.pk}", consignee=consignee
    )
