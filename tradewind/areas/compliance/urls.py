"""Addresses of compliance."""

from tradewind.areas.compliance import views
from tradewind.ui.pages import urls

app_name = "compliance"
urlpatterns = urls(
    views.CompanyList, views.CompanyDetail, views.CompanyForm,
    views.EntityList, views.EntityDetail, views.EntityForm,
    views.SiteList, views.SiteDetail, views.SiteForm,
    views.BackupList, views.BackupDetail, views.BackupMake, views.BackupVerify,
)  # fmt: skip
