"""The operator's pages of partners in a real browser, at a desk and on a phone."""

import pytest

from fulfillment.models import JobState, PartnerAccount, PartnerExchange, PartnerJob
from tests.engine_fixtures import no_clock
from tests.screens import partner_rows
from tests.screens.browser import WIDTHS, needs_chromium
from tests.screens.looks import look
from tests.screens.open_house import (
    OpenHouse,
    django_db_serialized_rollback,
    open_house,
    transactional_db,
)
from tests.screens.pages import address

__all__ = ["django_db_serialized_rollback", "no_clock", "open_house", "transactional_db"]

pytestmark = [pytest.mark.browser, needs_chromium]
LONG = "Client authentication failed for https://api.fulfillment.com/v2/oauth/access_token"


@pytest.mark.parametrize("where", WIDTHS)
def test_every_page_fits_and_leads_on(open_house: OpenHouse, where: str) -> None:
    house = open_house.house
    job = partner_rows.job(
        house,
        upstream_code="020201",
        upstream_status="Fulfillment / Label Created",
        tracking=[{"number": "9400111899223197428490", "carrier": "USPS", "carrier_ref": ""}],
        raw={"id": 1, "links": "https://api.fulfillment.com/v2/orders/" + "1" * 80},
    )
    partner_rows.job(house, JobState.REFUSED, reason=LONG)
    partner_rows.account(house, paused_at=job.created_at, pause_reason=LONG)
    screen = open_house.screen("manager", where)
    pages = [
        address(model, "changelist") for model in (PartnerAccount, PartnerJob, PartnerExchange)
    ]
    pages += [address(PartnerAccount, "add"), address(PartnerAccount, "change", job.account_id)]
    pages += [address(PartnerExchange, "change", job.exchanges.get().pk)]
    for path in pages:
        screen.open(path)
        look(screen)
    screen.open(address(type(job.fulfillment_order), "change", job.fulfillment_order_id))
    look(screen)
    screen.page.get_by_role("link", name="What the partner said and was told").click()
    screen.reads("9400111899223197428490 (may still change)")
    look(screen)
    screen.page.get_by_role("link", name="All exchanges").click()
    screen.reads(job.reference)
    assert screen.complaints == []
