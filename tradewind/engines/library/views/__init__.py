"""Pages of the library."""

from tradewind.engines.library.views.documents import (
    DocumentAsk,
    DocumentConfirm,
    DocumentDelete,
    DocumentDetail,
    DocumentForm,
    DocumentLanguage,
    DocumentList,
    DocumentMove,
    DocumentNew,
    DocumentPicture,
    DocumentRestore,
    DocumentTrash,
    TrashedEmpty,
    TrashedList,
)
from tradewind.engines.library.views.editors import TextEditing
from tradewind.engines.library.views.home import (
    Home,
    MissAnswer,
    MissAssign,
    MissDetail,
    MissList,
    Search,
    SynonymDetail,
    SynonymForm,
    SynonymList,
    SynonymRemove,
    Where,
)
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
    Home, Search, Where, MissList, MissDetail, MissAnswer, MissAssign, SynonymList, SynonymDetail, SynonymForm, SynonymRemove,
    SpaceList, SpaceDetail, SpaceForm, SpaceImport, SpaceExport,
    DocumentList, DocumentNew, DocumentDetail, DocumentForm, DocumentMove, DocumentLanguage, DocumentTrash, DocumentRestore,
    DocumentConfirm, DocumentAsk, DocumentPicture, DocumentPdf, DocumentDelete, TrashedList, TrashedEmpty,
    TextForm, TextPreview, TextEditing, TextRecord, TextSubmit, TextApprove, TextReturn, TextPublish, Compare,
    AcknowledgementList, AcknowledgementConfirm, AcknowledgementRecord,
)  # fmt: skip
