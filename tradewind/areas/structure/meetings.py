"""Kinds of meetings that structure keeps: where functions meet each other, and sessions on the vision."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.meetings.kinds import kind

CROSS, SESSION = "structure.cross", "structure.vision_session"

kind(CROSS, label=_("Cross-department meeting"), icon="users-group", functions=2)
kind(SESSION, label=_("Vision session"), icon="telescope")
