"""What one can do in the library."""

from tradewind.engines.library.actions.flow import approve_text, publish_text, return_text, submit_text
from tradewind.engines.library.actions.folders import import_folder
from tradewind.engines.library.actions.places import (
    answer_search,
    confirm_review,
    move_document,
    save_space,
    update_document,
)
from tradewind.engines.library.actions.readers import (
    acknowledge,
    ask_acknowledgement,
    escalate_acknowledgement,
    remind_reader,
)
from tradewind.engines.library.actions.trash import delete_document, restore_document, trash_document
from tradewind.engines.library.actions.words import assign_search, remove_synonym, save_synonym
from tradewind.engines.library.actions.writing import add_language, create_document, edit_text

__all__ = [
    "acknowledge", "add_language", "answer_search", "approve_text", "ask_acknowledgement", "assign_search", "confirm_review",
    "create_document", "delete_document", "edit_text", "escalate_acknowledgement", "import_folder", "move_document", "publish_text",
    "remind_reader", "remove_synonym", "restore_document", "return_text", "save_space", "save_synonym", "submit_text",
    "trash_document", "update_document",
]  # fmt: skip
