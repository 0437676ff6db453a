"""Who may see which languages people speak, and say it for them."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.skills.models import PersonLanguage

codes("learning", view_language=_("See which languages people speak"))
subject(
    "learning.language",
    model=PersonLanguage,
    read="learning.view_language",
    label=_("Language of a person"),
    axes={
        "entity": "person__entity_id",
        "market": "person__market_id",
        "team": "person__memberships__team",
        "self": "person_id",
    },
)
for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, ["learning.view_language"])
for role in ("general_manager", "people"):
    default_role(role, ["learning.set_languages"])
