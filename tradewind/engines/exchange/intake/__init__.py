"""Trade facts into the store: documents are put together, priced, compared with what is known, and merged in chunks."""

from tradewind.engines.exchange.intake import reasons

__all__ = ["reasons"]
