"""Pages of finance, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from tradewind.areas.finance.views import rates

PAGES = (*rates.PAGES,)

__all__ = ["PAGES"]
