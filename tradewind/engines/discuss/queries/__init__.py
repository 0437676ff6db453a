"""What was said and done about a record, who thanked whom, and who may see it."""

from tradewind.engines.discuss.queries.praise import kudos, kudos_of, thanked
from tradewind.engines.discuss.queries.records import (
    changes_on,
    comment_for,
    comments_on,
    events_on,
    file_for,
    may_moderate,
    may_read,
    mentioned_in,
    record_for,
    took_part,
    who_may_see,
)

__all__ = [
    "changes_on", "comment_for", "comments_on", "events_on", "file_for", "kudos", "kudos_of", "may_moderate", "may_read",
    "mentioned_in", "record_for", "thanked", "took_part", "who_may_see",
]  # fmt: skip
