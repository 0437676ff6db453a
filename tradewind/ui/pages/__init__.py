"""The page kit: a room writes columns, filters and fields, not pages. See the README of ui."""

from tradewind.ui.charts import Chart, Series
from tradewind.ui.pages.acts import ActionPage
from tradewind.ui.pages.columns import Col, moment_html, reader_zone
from tradewind.ui.pages.details import DetailPage, Section
from tradewind.ui.pages.edits import FormPage
from tradewind.ui.pages.filters import Bool, Choice, DayRange, Filter, Number, Ref, Text
from tradewind.ui.pages.grids import GridPage
from tradewind.ui.pages.lists import Bulk, ListPage
from tradewind.ui.pages.page import Page, RoomPage, is_part, urls
from tradewind.ui.pages.places import AreaPage
from tradewind.ui.pages.registry import arrange, pages

__all__ = [
    "ActionPage",
    "AreaPage",
    "Bool",
    "Bulk",
    "Chart",
    "Choice",
    "Col",
    "DayRange",
    "DetailPage",
    "Filter",
    "FormPage",
    "GridPage",
    "ListPage",
    "Number",
    "Page",
    "Ref",
    "RoomPage",
    "Section",
    "Series",
    "Text",
    "arrange",
    "is_part",
    "moment_html",
    "pages",
    "reader_zone",
    "urls",
]
