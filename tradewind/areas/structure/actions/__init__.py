"""What one can do with people, teams, lines and invitations."""

from tradewind.areas.structure.actions.invitations import (
    accept_invitation,
    give_password,
    invitation_link,
    invite_person,
    invited,
    open_sign_in,
    revoke_invitation,
)  # fmt: skip
from tradewind.areas.structure.actions.lines import end_line, join_team, leave_team, set_dotted, set_manager
from tradewind.areas.structure.actions.own import keep_preferences
from tradewind.areas.structure.actions.people import (
    deactivate_person,
    reactivate_person,
    save_function,
    save_job,
    save_person,
    save_private,
    save_team,
)  # fmt: skip

__all__ = [
    "accept_invitation", "deactivate_person", "end_line", "give_password", "invitation_link", "invite_person", "invited", "join_team",
    "keep_preferences", "leave_team", "open_sign_in", "reactivate_person", "revoke_invitation", "save_function", "save_job", "save_person",
    "save_private", "save_team", "set_dotted", "set_manager",
]  # fmt: skip
