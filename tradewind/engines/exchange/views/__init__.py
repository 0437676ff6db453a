"""Pages of imports, mappings, the watched folder and tables that are no orders."""

from tradewind.engines.exchange.views.imports import (
    ImportCancel,
    ImportCommit,
    ImportDecide,
    ImportDetail,
    ImportFile,
    ImportList,
    ImportNew,
    ImportRefusals,
    ImportUndo,
)
from tradewind.engines.exchange.views.mappings import (
    ImportMapping,
    MappingDetail,
    MappingForm,
    MappingList,
    MappingRemove,
)
from tradewind.engines.exchange.views.sheets import PAGES as SHEET_PAGES
from tradewind.engines.exchange.views.watch import WatchRuleDetail, WatchRuleForm, WatchRuleList, WatchRuleRemove

PAGES = (
    ImportNew, ImportList, ImportDetail, ImportCommit, ImportCancel, ImportUndo, ImportRefusals, ImportFile, ImportDecide,
    ImportMapping, MappingList, MappingDetail, MappingForm, MappingRemove, WatchRuleList, WatchRuleDetail, WatchRuleForm,
    WatchRuleRemove, *SHEET_PAGES,
)  # fmt: skip
