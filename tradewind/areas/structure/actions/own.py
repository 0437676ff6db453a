"""What everybody may set for themselves."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import action
from tradewind.nouns.org.models import Person

THEMES = ("auto", "system", "light", "dark")


@action(open_to_all=True)
def keep_preferences(
    by: Person, *, language: str = "", theme: str = "", zone: str = "", preferred_name: str | None = None
) -> Person:
    """Choose one's own language, theme, time zone and the name one goes by.

    What is left out stays. Raises Refused for what is not available.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Refused(_("This language is not available."), fields={"language": _("This language is not available.")})
    if theme and theme not in THEMES:
        raise Refused(_("There is no such theme."), fields={"theme": _("There is no such theme.")})
    by.language, by.theme, by.zone = language or by.language, theme or by.theme, str(clock.zone(zone or by.zone))
    if preferred_name is not None:
        by.preferred_name = preferred_name.strip()
    by.save(update_fields=["language", "theme", "zone", "preferred_name"])
    return by
