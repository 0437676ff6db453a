"""Kinds of documents that structure keeps: knowledge pages and stories, the vision, principles and charters of teams."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role
from tradewind.engines.library.kinds import kind

PAGE, STORY, VISION, PRINCIPLE, CHARTER = (
    "structure.page", "structure.story", "structure.vision", "structure.principle", "structure.charter",
)  # fmt: skip

codes(
    "structure",
    write_vision=_("Write the vision and the principles"),
    approve_vision=_("Approve the vision and the principles"),
    write_charter=_("Write charters of teams"),
    approve_charter=_("Approve charters of teams"),
)
default_role("general_manager", ["structure.write_vision", "structure.approve_vision", "structure.write_charter",
                                 "structure.approve_charter"])  # fmt: skip
default_role(
    "people",
    ["structure.write_vision", "structure.approve_vision", "structure.write_charter", "structure.approve_charter"],
)
for role in ("country_manager", "team_lead"):
    default_role(role, ["structure.write_charter", "structure.approve_charter"])

kind(PAGE, label=_("Page"), icon="file-text")
kind(STORY, label=_("Story of a principle"), icon="confetti",
     start=_("What happened, who did it, and which principle it shows (link the principle).\n"))  # fmt: skip
kind(VISION, label=_("Vision"), icon="telescope", write="structure.write_vision", approve="structure.approve_vision", approval=True,
     start=_("## Where we are going\n\n## Why\n\n## What we will not do\n"))  # fmt: skip
kind(PRINCIPLE, label=_("Principle"), icon="compass", write="structure.write_vision", approve="structure.approve_vision",
     approval=True, start=_("## What it means\n\n## We do\n\n- \n\n## We do not\n\n- \n"))  # fmt: skip
kind(CHARTER, label=_("Team charter"), icon="certificate", write="structure.write_charter", approve="structure.approve_charter",
     approval=True, start=_("## Why this team exists\n\n## What it decides\n\n## Whom it works with\n\n## What it does not do\n"))  # fmt: skip
