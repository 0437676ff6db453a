"""Pages of imports, mappings and the watched folder."""

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
from tradewind.engines.exchange.views.watch import WatchRuleDetail, WatchRuleForm, WatchRuleList, WatchRuleRemove

PAGES = (
    ImportNew, ImportList, ImportDetail, ImportCommit, ImportCancel, ImportUndo, ImportRefusals, ImportFile, ImportDecide,
    ImportMapping, MappingList, MappingDetail, MappingForm, MappingRemove, WatchRuleList, WatchRuleDetail, WatchRuleForm,
    WatchRuleRemove,
)  # fmt: skip
