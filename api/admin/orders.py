"""What was placed through the API, what was announced to come back, and what was charged."""

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString

from api.admin.rows import lines, sent_words
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
    fields = (
        *("merchant_order_id", "merchant", "fulfillment_order", "client", "created_by"),
        *("integrator", "recipient", "goods"),
    )
    readonly_fields = fields

    @admin.display(description="Recipient, as sent")
    def recipient(self, placed: MerchantOrder) -> SafeString:
        """To whom, in the merchant's words."""
        return sent_words(placed.consignee)

    @admin.display(description="Goods")
    def goods(self, placed: MerchantOrder) -> SafeString:
        """What was asked for, and what one of each is worth at the customs."""
        return lines(
            f"{item['quantity']} × {item['sku']}, USD {item['declaredValue']} each"
            for item in placed.items
        )


@admin.register(ExpectedReturn)
class ExpectedReturnAdmin(ExportedList, ConfirmedActionsMixin, OperatorAdmin):
    """Returns that merchants have announced."""

    confirmed_actions = (PROCESS,)
    list_display = ("rma_number", "merchant", "order", "created_at", "processed_at")
    list_filter = ("merchant",)
    list_select_related = ("merchant", "order")
    search_fields = ("rma_number__exact",)
    search_help_text = "The RMA number, exactly"
    fields = ("rma_number", "merchant", "order", "sender", "goods", "created_at", "processed_at")
    readonly_fields = fields

    @admin.display(description="Sent back by")
    def sender(self, row: ExpectedReturn) -> SafeString:
        """Who sends it back, in the merchant's words."""
        return sent_words(row.consignee)

    @admin.display(description="Expected")
    def goods(self, row: ExpectedReturn) -> SafeString:
        """What is expected."""
        return lines(map(str, row.items.all()))


@admin.register(Charge)
class ChargeAdmin(ExportedList, OfAllStores):
    """What merchants were charged for orders."""

    list_display = ("order", "invoiced_on", "total")
    list_select_related = ("order",)
    date_hierarchy = "invoiced_on"
    search_fields = ("order__merchant_order_id__exact",)
    autocomplete_fields = ("order",)
