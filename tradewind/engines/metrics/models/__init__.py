"""What has been counted and is kept, and what is wished, watched and promised of it."""

from tradewind.engines.metrics.models.readings import (
    Close,
    Cube,
    Late,
    LateProduct,
    LateSale,
    ProductMeasures,
    ProductReading,
    SaleMeasures,
    SaleReading,
    StaleDay,
)
from tradewind.engines.metrics.models.wishes import Alert, Corner, Effect, Fall, Rule, Target, Watch

__all__ = [
    "Alert", "Close", "Corner", "Cube", "Effect", "Fall", "Late", "LateProduct", "LateSale", "ProductMeasures", "ProductReading", "Rule",
    "SaleMeasures", "SaleReading", "StaleDay", "Target", "Watch",
]  # fmt: skip
