"""What was placed through the API, what was announced to come back, and what was charged."""

from django.contrib import admin
from django.utils import timezone

from api.models import Charge, ExpectedReturn, MerchantOrder
from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.exports import ExportedList
from relay.admin.rows import OfAllStores, OperatorAdmin


def _process(act: Act) -> Result:
    now = timezone.now()
    done = ExpectedReturn.objects.filter(pk__in=act.seen, processed_at=None).update(
        processed_at=now, processed_by=act.user, updated_at=now, updated_by=act.user
    )
    return Result(done)


PROCESS = ConfirmedAction(
    name="process",
    label="Processed by hand",
    permission="api.change_expectedreturn",
    done="Processed",
    why_not=lambda row: "It is processed already." if row.processed_at else "",
    effect=lambda row: "The merchant sees that it came, and can change it no more.",
    perform=_process,
    icon="assignment_turned_in",
)


@admin.register(MerchantOrder)
class MerchantOrderAdmin(ExportedList, OperatorAdmin):
    """Orders as their merchants placed them."""

    list_display = ("merchant_order_id", "merchant", "client", "created_by")
    list_filter = ("merchant",)
    list_select_related = ("merchant", "created_by")
    search_fields = ("merchant_order_id__exact",)
    search_help_text = "The merchant’s number, exactly"
    fields = ("merchant_order_id", "merchant", "fulfillment_order", "client", "created_by", "items")
    readonly_fields = fields


@admin.register(ExpectedReturn)
class ExpectedReturnAdmin(ExportedList, ConfirmedActionsMixin, OperatorAdmin):
    """Returns that merchants have announced."""

    confirmed_actions = (PROCESS,)
    list_display = ("rma_number", "merchant", "order", "created_at", "processed_at")
    list_filter = ("merchant",)
    list_select_related = ("merchant", "order")
    search_fields = ("rma_number__exact",)
    search_help_text = "The RMA number, exactly"
    fields = ("rma_number", "merchant", "order", "consignee", "created_at", "processed_at")
    readonly_fields = fields


@admin.register(Charge)
class ChargeAdmin(ExportedList, OfAllStores):
    """What merchants were charged for orders."""

    list_display = ("order", "invoiced_on", "total")
    list_select_related = ("order",)
    date_hierarchy = "invoiced_on"
    search_fields = ("order__merchant_order_id__exact",)
    autocomplete_fields = ("order",)
