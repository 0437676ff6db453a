"""The one entry: a file, its format or mapping, and the channel it belongs to -> a source of neutral lines."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tradewind.base.clock import zone
from tradewind.base.errors import Refused
from tradewind.engines.exchange.formats.amazon_orders import AmazonOrders
from tradewind.engines.exchange.formats.amazon_settlement import AmazonSettlement
from tradewind.engines.exchange.formats.etsy import EtsyOrders
from tradewind.engines.exchange.formats.joins import with_joins
from tradewind.engines.exchange.formats.mapped import required_columns
from tradewind.engines.exchange.formats.mapped_orders import MappedOrders
from tradewind.engines.exchange.formats.mapped_payments import MappedPayments
from tradewind.engines.exchange.formats.shopify import ShopifyOrders
from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.formats.stripe import StripePayments
from tradewind.engines.exchange.mapping.fields import PAYMENT
from tradewind.engines.exchange.mapping.spec import MappingSpec
from tradewind.engines.exchange.readers.table import TableOptions, open_table
from tradewind.engines.exchange.readers.text import ENCODINGS

MAPPING: Final = "mapping"
PLATFORM_FORMATS: Final[dict[str, type[Source]]] = {
    "shopify": ShopifyOrders,
    "etsy": EtsyOrders,
    "amazon-orders": AmazonOrders,
    "amazon-settlement": AmazonSettlement,
    "stripe": StripePayments,
}
FORMATS: Final = (*PLATFORM_FORMATS, MAPPING)
"""Names accepted as a format."""


def open_source(
    path: Path,
    format: str,  # noqa: A002 - the word of the command line
    mapping: MappingSpec | None = None,
    *,
    channel_zone: str = "UTC",
    channel_currency: str = "",
    options: Mapping[str, Any] | None = None,
) -> Source:
    """Open a file for streaming; Refused when it is not what the format expects (naming a missing column).

    `channel_zone` decides the day of an order and the zone of times without one; `channel_currency` stands in where a
    file names none. `options` override: encoding, delimiter, preamble, sheet, table, date (ymd, mdy, dmy, serial),
    number (see `NUMBER_FORMATS`), countries (name -> code or `unknown`), files (join name -> path).
    """
    chosen = dict(options or {})
    zone(channel_zone)
    context = Context(channel_zone, channel_currency, chosen)
    if format == MAPPING:
        if mapping is None:
            raise Refused(_("This format needs a mapping."), code="no_mapping")
        table = open_table(path, _file_options(mapping.file, chosen), required=required_columns(mapping))
        table = with_joins(table, mapping.joins, chosen.get("files") or {})
        return (MappedPayments if mapping.layout == PAYMENT else MappedOrders)(table, context, mapping)
    known = PLATFORM_FORMATS.get(format)
    if known is None:
        message = _("“%(name)s” is not one of the formats: %(known)s.")
        raise Refused(message % {"name": format, "known": ", ".join(FORMATS)}, code="unknown_format")
    return known(open_table(path, _file_options(TableOptions(), chosen), required=known.required), context)


def _file_options(declared: TableOptions, chosen: Mapping[str, Any]) -> TableOptions:
    names = ("encoding", "delimiter", "preamble", "sheet", "table")
    options = replace(declared, **{name: chosen[name] for name in names if chosen.get(name) is not None})
    if options.encoding is not None and options.encoding not in ENCODINGS:
        message = _("“%(name)s” is not one of the encodings: %(known)s.")
        raise Refused(message % {"name": options.encoding, "known": ", ".join(ENCODINGS)}, code="unknown_encoding")
    return options
