"""What one can do: comment, attach files, give kudos."""

from tradewind.engines.discuss.actions.praise import give_kudos, remove_kudos
from tradewind.engines.discuss.actions.records import (
    Brought,
    add_comment,
    attach,
    attach_file,
    edit_comment,
    note_download,
    remove_comment,
    remove_file,
    require_author,
)

__all__ = [
    "Brought", "add_comment", "attach", "attach_file", "edit_comment", "give_kudos", "note_download", "remove_comment",
    "remove_file", "remove_kudos", "require_author",
]  # fmt: skip
