"""Mappings: how a table that is no known format becomes orders or payments."""

from tradewind.engines.exchange.mapping.fields import FIELDS, LAYOUTS
from tradewind.engines.exchange.mapping.spec import MappingSpec

__all__ = ["FIELDS", "LAYOUTS", "MappingSpec"]
