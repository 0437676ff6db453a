"""Addresses of structure."""

from tradewind.areas.structure import views
from tradewind.ui.pages import urls

app_name = "structure"
urlpatterns = urls(
    views.FirstSteps, views.PersonList, views.PersonImport, views.PersonDetail, views.PersonForm, views.PersonPrivate, views.PersonManager,
    views.PersonDeactivate, views.PersonReactivate, views.PersonInvite, views.PersonUninvite, views.Welcome,
    views.TeamList, views.TeamDetail, views.TeamForm, views.TeamJoin, views.TeamLeave,
    views.FunctionList, views.FunctionDetail, views.FunctionForm,
    views.JobList, views.JobDetail, views.JobForm,
)  # fmt: skip
