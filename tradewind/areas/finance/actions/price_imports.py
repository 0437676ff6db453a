"""Prices of a table, through the same action and right as those set by hand."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.fact_imports import no_such
from tradewind.areas.finance.actions.prices import Priced, set_prices
from tradewind.areas.finance.queries.fact_places import places_of
from tradewind.areas.finance.queries.prices import at, tax_in_price
from tradewind.base.money import CURRENCIES
from tradewind.engines.access.scope import Scope
from tradewind.engines.exchange.sheets.kinds import Load, Outcome
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel, Price


class TakePrices:
    """Good rows become prices; the others are told by line and column."""

    code = set_prices.code

    def __call__(self, by: Person | None, /, *, load: Load) -> Outcome:
        """Set the prices as a person."""
        prices = prices_of(load)
        return outcome_of(set_prices(by, prices=prices)) if prices else Outcome()

    def system(self, *, load: Load) -> Outcome:
        """Set the prices as the product itself."""
        prices = prices_of(load)
        return outcome_of(set_prices.system(prices=prices)) if prices else Outcome()


def outcome_of(counts: dict[str, int]) -> Outcome:
    """What setting prices did."""
    return Outcome(counts["new"], counts["changed"], counts["same"])


def prices_of(load: Load) -> list[Priced]:
    """The prices a table tells; a row is refused for an unknown product or channel, another currency, or a second price of its day."""
    known = places_of()
    channels = {row.code: row for row in Channel.objects.exclude(currency="")}
    bare = set(Price.objects.filter(tax_included=False).values_list("product", "channel"))
    found: dict[tuple[Any, ...], Priced] = {}
    for row in load.rows:
        values = row.values
        code = str(values["channel"] or load.options.get("channel", ""))
        product, channel = known.product(str(values["sku"])), channels.get(code)
        if product is None:
            load.refuse(row.line, "sku", no_such(str(values["sku"])))
        elif channel is None:
            load.refuse(row.line, "channel", no_such(code))
        elif values["currency"] and values["currency"] != channel.currency:
            load.refuse(row.line, "currency", _("The channel sells in %(code)s.") % {"code": channel.currency})
        elif values["amount"] % 10 ** (4 - min(CURRENCIES[channel.currency].digits, 4)):
            load.refuse(row.line, "amount", _("This currency has no such small parts."))
        else:
            # The table has no word for tax: a price that was said without it goes on without it.
            taxed = (product, channel.pk) not in bare or tax_in_price(product, channel.pk, values["day"])
            one = Priced(
                product, channel.pk, values["day"], values["amount"], values["until"], taxed, source=load.source
            )
            if one.key in found and found[one.key] != one:
                load.refuse(row.line, "amount", _("An earlier row tells another price of the same day."))
            found.setdefault(one.key, one)
    return list(found.values())


def prices_place(load: Load) -> Scope:
    """Prices of one channel need the right there; those of several, everywhere."""
    keys = {one.channel for one in prices_of(Load(load.source, load.options, load.batch, load.rows))}
    channel = Channel.objects.filter(pk__in=keys).first() if len(keys) == 1 else None
    return at(channel) if channel else Scope()
