"""Pages of rights and of what was done: roles, grants, keys, the audit trail, and the shell's own parts."""

from tradewind.engines.actions.views.keys import KeyForm, KeyList, KeyRevoke
from tradewind.engines.actions.views.parts import ScopePicker, ViewDelete, Views, ViewSave
from tradewind.engines.actions.views.providers import ProviderDetail, ProviderForm, ProviderList, ProviderRemove
from tradewind.engines.actions.views.roles import (
    GrantForm,
    GrantList,
    GrantRevoke,
    RoleDetail,
    RoleForm,
    RoleList,
)  # fmt: skip
from tradewind.engines.actions.views.trail import EventDetail, EventList
from tradewind.engines.actions.views.viewing import ViewAs, ViewAsEnd, Why

PAGES = (
    RoleList, RoleDetail, RoleForm, GrantList, GrantForm, GrantRevoke, Why, KeyList, KeyForm, KeyRevoke,
    EventList, EventDetail, ProviderList, ProviderDetail, ProviderForm, ProviderRemove, ViewAs, ViewAsEnd, Views, ViewSave, ViewDelete, ScopePicker,
)  # fmt: skip
