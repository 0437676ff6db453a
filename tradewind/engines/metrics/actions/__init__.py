"""What one can do with numbers: close months, wish, watch, promise."""

from tradewind.engines.metrics.actions.closes import ask_reopening, close_month, keep_closed, reopen_month
from tradewind.engines.metrics.actions.effects import promise_effect, remove_effect
from tradewind.engines.metrics.actions.targets import follow_targets, remove_target, set_target
from tradewind.engines.metrics.actions.watches import remove_watch, save_watch, watch_over

__all__ = [
    "ask_reopening", "close_month", "follow_targets", "keep_closed", "promise_effect", "remove_effect", "remove_target", "remove_watch",
    "reopen_month", "save_watch", "set_target", "watch_over",
]  # fmt: skip
