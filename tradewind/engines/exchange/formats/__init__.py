"""Ready formats of platforms and the one entry to open any file as neutral lines."""

from tradewind.engines.exchange.formats.look import Fit, Look, look
from tradewind.engines.exchange.formats.opening import FORMATS, open_source
from tradewind.engines.exchange.formats.source import Context, ReviewItem, Source

__all__ = ["FORMATS", "Context", "Fit", "Look", "ReviewItem", "Source", "look", "open_source"]
