"""The addresses of finance."""

from tradewind.areas.finance.views import (
    EcbLoad,
    EcbRates,
    RateList,
    RateSetDetail,
    RateSetForm,
    RateSetList,
    RateSetLoad,
    RateSetOne,
    RateSetRemove,
)
from tradewind.ui.pages import urls

app_name = "finance"
urlpatterns = urls(
    EcbRates, EcbLoad, RateList, RateSetList, RateSetDetail, RateSetForm, RateSetOne, RateSetLoad, RateSetRemove
)
