"""Mappings: how a table that is no known format becomes orders or payments."""

from tradewind.engines.exchange.mapping.fields import FIELDS, LAYOUTS
from tradewind.engines.exchange.mapping.guess import Suggestion, suggest
from tradewind.engines.exchange.mapping.shipped import read_mapping, shipped, shipped_names
from tradewind.engines.exchange.mapping.spec import MappingSpec

__all__ = ["FIELDS", "LAYOUTS", "MappingSpec", "Suggestion", "read_mapping", "shipped", "shipped_names", "suggest"]
