"""Pages of numbers: Pulse, closed months, and what is wished, watched and promised."""

from tradewind.engines.metrics.views import closes, pulse, wishes

PAGES = (pulse.Pulse, *closes.PAGES, *wishes.PAGES)

__all__ = ["PAGES"]
