"""Pages of supply, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.views import locations, products, stock
from tradewind.ui.pages import arrange

PAGES = (*products.PAGES, *stock.PAGES, *locations.PAGES)

arrange(
    "supply",
    (_("Products"), ("supply:product-list",)),
    (_("Stock"), ("supply:stock-list", "supply:move-list", "supply:location-list", "supply:serving-list")),
)

__all__ = ["PAGES"]
