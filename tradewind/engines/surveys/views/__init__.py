"""Pages of surveys."""

from tradewind.engines.surveys.views.answering import Home, InvitationRecord, WaveAnswer
from tradewind.engines.surveys.views.making import (
    QuestionDetail,
    QuestionForm,
    QuestionList,
    QuestionRemove,
    SurveyDetail,
    SurveyForm,
    SurveyList,
    SurveyOpen,
)
from tradewind.engines.surveys.views.waves import WaveClose, WaveDetail, WaveFile, WaveInvite, WaveList

PAGES = (
    Home, SurveyList, SurveyDetail, SurveyForm, SurveyOpen, QuestionList, QuestionDetail, QuestionForm, QuestionRemove,
    WaveList, WaveDetail, WaveInvite, WaveClose, WaveFile, WaveAnswer, InvitationRecord,
)  # fmt: skip
