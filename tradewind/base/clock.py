"""The one place that reads the clock, and the days of a time zone.

Zones come from the tzdata package, not from the operating system: system copies are old (several Canadian zones
stopped changing clocks in 2026) and differ between machines.
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; Refused when there is none such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(_("Unknown time zone: %(name)s") % {"name": name}, code="unknown_zone") from error


def today(zone_name: str) -> date:
    """The date that people in this zone read on their calendar now."""
    return day_of(now(), zone_name)


def local(moment: datetime, zone_name: str) -> datetime:
    """The same moment on the clock of this zone; ValueError on a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its zone")
    return moment.astimezone(zone(zone_name))


def day_of(moment: datetime, zone_name: str) -> date:
    """The date of a moment in this zone."""
    return local(moment, zone_name).date()


def day_bounds(day: date, zone_name: str) -> tuple[datetime, datetime]:
    """The first moment of a day and of the next one, in UTC: 23, 24 or 25 hours apart, never assumed 24."""
    return _midnight(day, zone_name), _midnight(day + timedelta(days=1), zone_name)


def _midnight(day: date, zone_name: str) -> datetime:
    # fold=0 is right in both odd cases: a skipped midnight gives the moment of the change, a repeated one the first.
    return datetime.combine(day, time.min, tzinfo=zone(zone_name)).astimezone(UTC)
