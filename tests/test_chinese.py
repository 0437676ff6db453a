"""Words of English with more than one sense are told apart in Chinese."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import pgettext

from tradewind.areas.finance.forms.spending import BillFields, ClaimFields
from tradewind.areas.finance.models import Opportunity, Saving, Transfer
from tradewind.nouns.trade.models import StockMove


@pytest.mark.parametrize(
    ("model", "field", "value", "chinese"),
    [
        (StockMove, "kind", "receipt", "入库"),
        (Transfer, "state", "asked", "待审批"),
        (Saving, "state", "closed", "已结项"),
        (Opportunity, "state", "open", "待处理"),
    ],
)
def test_state_in_chinese_says_what_it_is_of(model: type, field: str, value: str, chinese: str) -> None:
    with translation.override("zh-hans"):
        assert str(dict(model._meta.get_field(field).choices)[value]) == chinese  # type: ignore[attr-defined]


def test_forms_of_spending_in_chinese_speak_of_papers_and_payment() -> None:
    with translation.override("zh-hans"):
        assert str(ClaimFields.base_fields["receipt"].label) == "票据"
        assert str(BillFields.base_fields["due"].label) == "付款到期日"
        assert pgettext("customs", "Duty") == "关税"
        assert pgettext("bank", "Account") == "银行账户"
