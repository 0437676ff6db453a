"""What one can do with surveys: make them, ask them in waves, answer them."""

from tradewind.engines.surveys.actions.answering import answer_wave
from tradewind.engines.surveys.actions.building import remove_question, save_question, save_survey
from tradewind.engines.surveys.actions.waves import begin_wave, close_wave, invite_people, open_wave, remind_person

__all__ = [
    "answer_wave", "begin_wave", "close_wave", "invite_people", "open_wave", "remind_person", "remove_question",
    "save_question", "save_survey",
]  # fmt: skip
