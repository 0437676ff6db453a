"""Pages of structure, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from tradewind.areas.structure.views import invitations, people, start, teams

PAGES = (*start.PAGES, *people.PAGES, *invitations.PAGES, *teams.PAGES)

__all__ = ["PAGES"]
