"""Pages of numbers: Pulse, and the months that are closed."""

from tradewind.engines.metrics.views import closes, pulse

PAGES = (pulse.Pulse, *closes.PAGES)

__all__ = ["PAGES"]
