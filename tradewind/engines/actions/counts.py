"""The names of what events count, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

COUNT_NAMES: dict[str, Any] = {
    "rows": _("rows"), "orders_new": _("new orders"), "orders_changed": _("changed orders"), "orders_same": _("unchanged orders"),
    "orders_removed": _("removed orders"), "orders_restored": _("restored orders"), "orders_left": _("orders left as they are"),
    "lines": _("lines"), "lines_new": _("new lines"), "fees_new": _("new fees"), "refunds_new": _("new refunds"),
    "payments_new": _("new payments"), "products_new": _("new products"), "customers_new": _("new customers"),
    "batch": _("import"), "file": _("file"), "format": _("format"), "channel": _("channel"), "days": _("days"), "day": _("day"),
    "created": _("new"), "changed": _("changed"), "updated": _("changed"), "unchanged": _("unchanged"), "same": _("unchanged"),
    "removed": _("removed"), "deleted": _("deleted"), "refused": _("refused"), "rejected": _("refused"), "read": _("read"),
    "count": _("number"), "page": _("page"), "documents": _("documents"), "pictures": _("pictures"), "texts": _("texts"),
    "language": _("language"), "languages": _("languages"), "version": _("version"), "asked": _("asked"),
    "effective_on": _("takes effect on"), "record": _("record"), "schedule": _("schedule"), "reason": _("reason"), "roles": _("roles"),
    "to": _("to"), "todo": _("to-do"), "withdrawn": _("withdrawn"), "reminded": _("reminded"), "invited": _("invited"),
    "uninvited": _("uninvited"), "answer": _("answer"), "present": _("present"), "planned": _("planned"), "kinds": _("kinds"),
    "opened": _("opened"), "closed": _("closed"), "practice": _("practice"), "functions": _("functions"), "counted": _("counted"),
    "moved": _("moved"), "people": _("people"), "sent": _("sent"), "result": _("key result"), "title": _("title"),
    "leads": _("leads"), "team": _("team"), "teams": _("teams"), "state": _("state"), "dry_run": _("trial run"),
    "orders": _("orders"), "products": _("products"), "customers": _("customers"), "fees": _("fees"), "payments": _("payments"),
    "metric": _("metric"), "market": _("market"), "entity": _("entity"), "name": _("name"), "kind": _("kind"), "number": _("number"),
    "objectives": _("goals"), "results": _("key results"), "key_results": _("key results"), "lines_up": _("reporting lines"),
}  # fmt: skip


def count_name(name: str) -> str:
    """What a count of an event is called; a name nobody has words for reads as it is written."""
    known = COUNT_NAMES.get(name)
    return str(known) if known is not None else name.replace("_", " ")
