"""What one can do in finance."""

from tradewind.areas.finance.actions.imports import import_payments, import_settlement

__all__ = ["import_payments", "import_settlement"]
