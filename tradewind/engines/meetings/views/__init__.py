"""Pages of meetings, a module a subject; each lists its own in `PAGES`."""

from tradewind.engines.meetings.views import decisions, meeting, meetings, mine, series, steps

PAGES = (*mine.PAGES, *meetings.PAGES, *meeting.PAGES, *steps.PAGES, *series.PAGES, *decisions.PAGES)

__all__ = ["PAGES"]
