"""Pages of the library."""

from tradewind.engines.library.views.documents import (
    DocumentAsk,
    DocumentConfirm,
    DocumentDetail,
    DocumentForm,
    DocumentLanguage,
    DocumentList,
    DocumentMove,
    DocumentNew,
    DocumentPicture,
    DocumentRestore,
    DocumentTrash,
    TrashedList,
)
from tradewind.engines.library.views.home import Home, MissAnswer, MissDetail, MissList, Search
from tradewind.engines.library.views.printed import DocumentPdf
from tradewind.engines.library.views.readers import AcknowledgementConfirm, AcknowledgementList, AcknowledgementRecord
from tradewind.engines.library.views.spaces import SpaceDetail, SpaceExport, SpaceForm, SpaceImport, SpaceList
from tradewind.engines.library.views.texts import (
    Compare,
    TextApprove,
    TextForm,
    TextPreview,
    TextPublish,
    TextRecord,
    TextReturn,
    TextSubmit,
)

PAGES = (
    Home, Search, MissList, MissDetail, MissAnswer,
    SpaceList, SpaceDetail, SpaceForm, SpaceImport, SpaceExport,
    DocumentList, DocumentNew, DocumentDetail, DocumentForm, DocumentMove, DocumentLanguage, DocumentTrash, DocumentRestore,
    DocumentConfirm, DocumentAsk, DocumentPicture, DocumentPdf, TrashedList,
    TextForm, TextPreview, TextRecord, TextSubmit, TextApprove, TextReturn, TextPublish, Compare,
    AcknowledgementList, AcknowledgementConfirm, AcknowledgementRecord,
)  # fmt: skip
