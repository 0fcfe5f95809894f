"""The products of our merchants."""

from django.contrib import admin

from backoffice.exports import ExportedList
from inventory.models import Product


@admin.register(Product)
class ProductAdmin(ExportedList):
    """Which SKUs we know. An order with another one is found to have a problem."""

    list_display = ("sku", "title", "merchant")
    list_filter = ("merchant",)
    list_select_related = ("merchant",)
    search_fields = ("sku", "title")
    show_full_result_count = False
