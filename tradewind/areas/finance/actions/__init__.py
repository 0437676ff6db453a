"""What one can do in finance."""

from tradewind.areas.finance.actions.imports import import_payments, import_settlement
from tradewind.areas.finance.actions.rates import (
    create_rate_set,
    load_ecb_rates,
    load_rates,
    remove_rate,
    set_rate,
    update_rate_set,
)

__all__ = [
    "create_rate_set",
    "import_payments",
    "import_settlement",
    "load_ecb_rates",
    "load_rates",
    "remove_rate",
    "set_rate",
    "update_rate_set",
]
