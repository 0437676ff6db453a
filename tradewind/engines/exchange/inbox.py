"""What people are told about their imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "exchange.batch_ready",
    title=_("Ready to import: %(file)s"),
    text=_("%(rows)s rows, %(refused)s refused. Nothing has been changed yet."),
    label=_("A file was read"),
    icon="file-search",
    url="exchange:import-list",
)
notice(
    "exchange.batch_done",
    title=_("Imported: %(file)s"),
    text=_("%(new)s new and %(changed)s changed orders, %(refused)s rows refused."),
    label=_("An import is done"),
    icon="file-check",
    url="exchange:import-list",
)
notice(
    "exchange.batch_failed",
    title=_("%(file)s could not be imported"),
    text="%(why)s",
    label=_("An import failed"),
    icon="file-alert",
)
notice(
    "exchange.batch_undone",
    title=_("Taken back: %(file)s"),
    text=_("%(removed)s orders removed, %(restored)s as they were before."),
    label=_("An import was taken back"),
    icon="arrow-back-up",
    url="exchange:import-list",
)
