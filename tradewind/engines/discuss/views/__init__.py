"""The slots of a record's page, and the wall of kudos."""

from tradewind.engines.discuss.views import praise, records
from tradewind.engines.discuss.views.records import DOWNLOAD_HEADERS

PAGES = (*records.PAGES, *praise.PAGES)

__all__ = ["DOWNLOAD_HEADERS", "PAGES"]
