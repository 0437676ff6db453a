"""Addresses of imports."""

from tradewind.engines.exchange import views
from tradewind.ui.pages import urls

app_name = "exchange"
urlpatterns = urls(
    views.ImportNew, views.ImportList, views.ImportDetail, views.ImportCommit, views.ImportCancel, views.ImportUndo,
    views.ImportRefusals, views.ImportFile, views.ImportDecide, views.ImportMapping, views.MappingList,
    views.MappingDetail, views.MappingForm, views.MappingRemove, views.WatchRuleList, views.WatchRuleDetail,
    views.WatchRuleForm, views.WatchRuleRemove,
)  # fmt: skip
