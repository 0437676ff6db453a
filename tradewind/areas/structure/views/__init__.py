"""Pages of people, teams, functions and jobs."""

from tradewind.areas.structure.views.invitations import PersonInvite, PersonUninvite, Welcome
from tradewind.areas.structure.views.people import (
    PersonDeactivate,
    PersonDetail,
    PersonForm,
    PersonImport,
    PersonList,
    PersonManager,
    PersonPrivate,
    PersonReactivate,
)  # fmt: skip
from tradewind.areas.structure.views.start import FirstSteps
from tradewind.areas.structure.views.teams import (
    FunctionDetail,
    FunctionForm,
    FunctionList,
    JobDetail,
    JobForm,
    JobList,
    TeamDetail,
    TeamForm,
    TeamJoin,
    TeamLeave,
    TeamList,
)  # fmt: skip

__all__ = [
    "FirstSteps", "FunctionDetail", "FunctionForm", "FunctionList", "JobDetail", "JobForm", "JobList", "PersonDeactivate",
    "PersonDetail", "PersonForm", "PersonImport", "PersonInvite", "PersonList", "PersonManager", "PersonPrivate", "PersonReactivate",
    "PersonUninvite", "TeamDetail", "TeamForm", "TeamJoin", "TeamLeave", "TeamList", "Welcome",
]  # fmt: skip
