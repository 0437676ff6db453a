"""How values read to a person: money, numbers, dates and moments in the reader's language and zone."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_currency_symbol
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.currencies import CURRENCIES
from tradewind.base.money import Money
from tradewind.base.period import Period

# Symbols that name one currency only: used where two currencies meet, since ¥ and $ each stand for several.
PLAIN_SYMBOLS = {"CNY": "CN¥", "JPY": "JP¥", "USD": "US$", "AUD": "A$", "CAD": "CA$", "HKD": "HK$", "SGD": "S$"}
LOCALES = {"zh-hans": "zh_Hans_CN", "zh": "zh_Hans_CN", "en": "en_GB"}


@lru_cache(maxsize=64)
def _locale(lang: str) -> Locale:
    tag = LOCALES.get(lang.lower(), lang.replace("-", "_"))
    try:
        return Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def locale(lang: str | None = None) -> Locale:
    """The Babel locale of a language tag (the active language when None)."""
    return _locale(lang or get_language() or "en")


@lru_cache(maxsize=64)
def _plain_separators(lang: str) -> bool:
    """Whether this language groups digits as Python does (1,234.5), which is much faster to write."""
    return format_decimal(Decimal("1234567.5"), format="#,##0.0", locale=_locale(lang)) == "1,234,567.5"


def format_number(value: Decimal | int | float, places: int | None = None, lang: str | None = None) -> str:
    """A number with the reader's separators; ``places`` fixes the decimals, else at most three are shown."""
    if places is not None:
        step = Decimal(1).scaleb(-places)
        amount = (value if isinstance(value, Decimal) else Decimal(str(value))).quantize(step, ROUND_HALF_EVEN)
        if _plain_separators(lang or get_language() or "en"):
            return f"{amount:,.{places}f}"
        return format_decimal(amount, format=f"#,##0.{'0' * places}" if places else "#,##0", locale=locale(lang))
    return format_decimal(value, format="#,##0.###", locale=locale(lang))


@lru_cache(maxsize=512)
def symbol(currency: str, lang: str, code: bool) -> str:
    """The sign of a currency; with ``code`` one that no other currency shares."""
    if code and currency in PLAIN_SYMBOLS:
        return PLAIN_SYMBOLS[currency]
    if currency == "CNY" or currency == "JPY":
        return "¥"
    sign = get_currency_symbol(currency, locale=_locale(lang))
    # A three-letter code needs a space before the digits; a sign does not.
    return f"{sign} " if sign.isalpha() else sign


def format_money(
    value: Money | int, currency: str | None = None, *, code: bool = False, lang: str | None = None
) -> str:
    """An amount as people read it: sign, currency sign, digits of the currency.

    ``value`` is a Money, or units (1/10,000) with ``currency``. ``code`` writes CN¥, JP¥ … where two currencies meet.
    """
    money = value if isinstance(value, Money) else Money.of_units(value, currency or "")
    known = CURRENCIES.get(money.currency)
    digits = known.digits if known else 2
    amount = money.amount
    sign = symbol(money.currency, lang or get_language() or "en", code)
    number = format_number(abs(amount), digits, lang)
    return f"{'-' if amount < 0 and number.strip('0.,') else ''}{sign}{number}"


def format_percent(ratio: Decimal | float | int, places: int = 1, lang: str | None = None) -> str:
    """A ratio as per cent: 0.256 gives 25.6 %; whole per cents show no decimals."""
    per_cent = (Decimal(str(ratio)) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    text = format_decimal(per_cent, format="#,##0." + "#" * places, locale=locale(lang))
    return f"{text} %"


def format_day(day: date, lang: str | None = None) -> str:
    """A date with its weekday: 2026-11-23 周一, Mon 23 Nov 2026."""
    return _day_text(date(day.year, day.month, day.day), (lang or get_language() or "en").lower())


@lru_cache(maxsize=4096)
def _day_text(day: date, tag: str) -> str:
    if tag.startswith("zh"):
        return f"{day.isoformat()} {format_date(day, 'EEE', locale=_locale(tag))}"
    return format_date(day, "EEE d MMM yyyy", locale=_locale(tag))


def format_month(day: date, lang: str | None = None) -> str:
    """The month of a day: 2026年11月, Nov 2026."""
    return Period.containing(day, "month").label(lang)


def format_clock(moment: datetime, zone: str, lang: str | None = None) -> str:
    """The time of day of a moment on the clock of ``zone``: 14:05."""
    return format_time(clock.local(moment, zone), "HH:mm", locale=locale(lang))


def format_moment(moment: datetime, zone: str, lang: str | None = None) -> str:
    """Date and time of a moment on the clock of ``zone``: Mon 23 Nov 2026, 14:05."""
    here = clock.local(moment, zone)
    gap = " " if (lang or get_language() or "en").lower().startswith("zh") else ", "
    return f"{format_day(here.date(), lang)}{gap}{here:%H:%M}"


def format_exact(moment: datetime, zone: str) -> str:
    """A moment to the second with offset and zone name, for titles: 2026-11-23 14:05:07 +01:00 Europe/Berlin."""
    here = clock.local(moment, zone)
    offset = here.strftime("%z")
    return f"{here:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]} {zone}"


def language_name(code: str, lang: str | None = None) -> str:
    """A language by its ISO 639 code, as the reader calls it; the code itself when it is not known."""
    return str(locale(lang).languages.get(code) or code)


def zone_name(zone: str) -> str:
    """The short name of a zone: its city."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def format_ago(moment: datetime, now: datetime) -> str:
    """How long ago, or in how long, in one unit: 3 h ago, in 2 days."""
    gap = now - moment
    ahead = gap < timedelta(0)
    minutes = int(abs(gap).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    text = _span(minutes)
    return _("in %(span)s") % {"span": text} if ahead else _("%(span)s ago") % {"span": text}


def _span(minutes: int) -> str:
    if minutes < 60:
        return _("%(count)s min") % {"count": minutes}
    if minutes < 60 * 48:
        return _("%(count)s h") % {"count": minutes // 60}
    days = minutes // (60 * 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def plain(value: Any) -> str:
    """Any value as short text for a screen: nothing for None, Yes and No for truth."""
    if value is None:
        return ""
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if isinstance(value, Money):
        return format_money(value, code=True)
    if isinstance(value, datetime):
        return format_moment(value, "UTC") if value.tzinfo else value.isoformat(" ")
    if isinstance(value, date):
        return format_day(value)
    if isinstance(value, Decimal):
        return format_number(value)
    return str(value)
