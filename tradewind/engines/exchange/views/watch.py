"""Pages of the watched folder's rules."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.engines.exchange import actions, forms, queries
from tradewind.engines.exchange.models import WatchRule
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Col, DetailPage, FormPage, ListPage


class WatchRuleList(ListPage[WatchRule]):
    """How files of the watched folder are taken."""

    area, section, stem = "exchange", "settings", "watch_rule"
    title, icon, read = _("Watched folder"), "folder-search", "exchange.view_imports"
    columns = [
        Col("pattern", _("File name"), sort="pattern", link=True),
        Col("format", _("Format"), value=lambda row: str(forms.FORMAT_NAMES.get(row.format, row.format))),
        Col("mapping", _("Mapping"), value=lambda row: row.mapping.name if row.mapping else row.mapping_name),
        Col("channel", _("Channel"), value="channel.name"),
        Col("position", _("Order among the rules"), kind="number", sort="position"),
        Col("active", _("Active"), kind="bool"),
    ]
    default_order = "position"
    searchable = False
    primary, primary_code = "exchange:watch_rule-new", "exchange.save_watch_rule"
    empty = _("Name the watched folder in WATCH_FOLDER, then say here which files of it are taken and how.")

    def rows(self, request: HttpRequest) -> QuerySet[WatchRule]:
        return queries.watch_rules(reader(request))


class WatchRuleDetail(DetailPage[WatchRule]):
    """One rule."""

    of, title = WatchRuleList, "pattern"
    facts = WatchRuleList.columns
    actions = ["exchange:watch_rule-edit", "exchange:watch_rule-remove"]


class WatchRuleForm(FormPage[WatchRule]):
    """A rule of the watched folder."""

    of = WatchRuleList
    title, edit_title = _("New rule"), _("Edit rule")
    form = forms.WatchFields
    create_code = "exchange.save_watch_rule"
    update = actions.save_watch_rule

    @staticmethod
    def create(by: Any, **cleaned: Any) -> WatchRule:
        return actions.save_watch_rule(by, None, **cleaned)


class WatchRuleRemove(ActionPage[WatchRule]):
    """Removes a rule."""

    of, verb, action, danger = WatchRuleList, "remove", actions.remove_watch_rule, True
    title, button, icon = _("Remove the rule"), _("Remove"), "trash"
    leads = "list"
