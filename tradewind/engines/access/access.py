"""Codes and subjects of access itself, and the words of the roles a company starts with."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.models import ApiToken, Grant, Role
from tradewind.engines.access.registry import codes, default_role, subject

codes("access", view_role=_("See roles and who holds them"), view_as=_("See the product as another person"))
subject("access.role", model=Role, read="access.view_role", label=_("Role"), url="actions:role-detail")
subject(
    "access.grant",
    model=Grant,
    read="access.view_role",
    label=_("Grant"),
    axes={"entity": "entity_id", "market": "market_id", "team": "team_id"},
    title=lambda grant: f"{grant.role} · #{grant.person_id}",
)
subject("access.token", model=ApiToken, read="access.view_role", label=_("API key"), axes={"self": "person_id"})

ROLE_NAMES = {
    "administrator": {"en": "Administrator", "zh-hans": "系统管理员"},
    "general_manager": {"en": "General manager", "zh-hans": "总经理"},
    "country_manager": {"en": "Country manager", "zh-hans": "国家经理"},
    "team_lead": {"en": "Team lead", "zh-hans": "团队负责人"},
    "member": {"en": "Member", "zh-hans": "成员"},
    "finance": {"en": "Finance", "zh-hans": "财务"},
    "people": {"en": "People", "zh-hans": "人力资源"},
    "buyer": {"en": "Supply planner", "zh-hans": "供应链计划"},
    "marketer": {"en": "Marketer", "zh-hans": "市场营销"},
    "agent": {"en": "Service agent", "zh-hans": "客服"},
    "compliance": {"en": "Compliance officer", "zh-hans": "合规"},
    "auditor": {"en": "Auditor (read only)", "zh-hans": "审计（只读）"},
}
default_role("administrator", ["*"])
default_role("general_manager", ["access.view_role", "access.grant_role", "access.revoke_grant"])
default_role("people", ["access.view_role"])
