"""FormPage: create and edit through actions; nobody's change is lost when two people edit the same record."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.ui import fields, hooks
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.details import find, rows_of, title_of
from tradewind.ui.pages.page import RoomPage, code_of, raw

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Difference:
    """One field on which two versions disagree, both in words."""

    name: str
    label: str
    mine: str
    stored: str


def add_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Show a refusal in the form: beside its fields where it names them, else on top."""
    known = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, text in known.items():
        form.add_error(name, str(text))
    if not known:
        form.add_error(None, str(refusal))


def initial_of(row: Any, names: list[str]) -> dict[str, Any]:
    """The record's values for the fields of a form, as the form wants them."""
    found = {}
    for name in names:
        if not hasattr(row, name):
            continue
        value = getattr(row, name)
        if hasattr(value, "all"):
            value = [item.pk for item in value.all()]
        found[name] = value.pk if isinstance(value, Model) else value
    return found


def twin(row: M) -> M:
    """A second object with the same values, which a form may write into."""
    made = type(row)()
    state = copy.copy(row._state)  # noqa: SLF001  Django documents Model._state
    state.fields_cache = dict(state.fields_cache)
    made.__dict__.update({**row.__dict__, "_state": state})
    return made


class FormRoom(RoomPage):
    """What pages with a form share: building it, its zone, and the button on a record's page."""

    template: ClassVar[str] = "ui/pages/form.html"
    form: ClassVar[type[forms.BaseForm] | None] = None
    done: ClassVar[str | Promise] = _("Saved")
    code: ClassVar[str] = ""
    danger: ClassVar[bool] = False
    leads: ClassVar[str] = "detail"  # where a done action leads: to the record where it has a page, or to the "list"
    states: ClassVar[tuple[str, ...]] = ()  # of the record in which its page shows the button; none: all
    in_menu: ClassVar[bool] = False
    shares: ClassVar[tuple[str, ...]] = ("area", "section", "stem", "plural", "pk_type")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The records that may be acted on; by default those of ``of``."""
        return rows_of(self, request)

    @classmethod
    def menu_name(cls) -> str:
        return ""

    @classmethod
    def offered(cls, row: Any) -> bool:
        """Whether the record's page shows the button now (an approved order is not approved again): in `states`, or override."""
        return not cls.states or row.state in cls.states

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """More arguments for the form's constructor; override (the request, choices in scope)."""
        return {}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """First values; by default the record's own, or what the address gives to a new one."""
        form = type(self).form
        names = list(form.base_fields) if form else []  # type: ignore[attr-defined]
        if row is not None:
            return initial_of(row, names)
        return {name: value for name, value in request.GET.items() if name in names}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """What the action gets from a valid form; override to rename or drop."""
        return dict(form.cleaned_data)

    def build(self, request: HttpRequest, row: Any, data: QueryDict | None = None) -> forms.BaseForm:
        """The form for this record, bound when there is data."""
        kind = type(self).form or forms.Form
        kwargs = {"initial": self.initial(request, row), **self.form_kwargs(request, row)}
        if issubclass(kind, forms.BaseModelForm) and row is not None:
            # A model form writes into its instance; the action must get the record as it is stored.
            kwargs["instance"] = twin(row)
        form = kind(data, request.FILES, **kwargs) if data is not None else kind(**kwargs)
        fields.polish(form)
        hooks.call("choices", request, form)
        return form

    def after(self, row: Any) -> str:
        """Where a done action leads, as `leads` says: the record, else the list; override."""
        kinds: list[tuple[str, dict[str, Any]]] = [("list", {})]
        if self.leads == "detail" and isinstance(row, Model) and row.pk is not None:
            kinds.insert(0, ("detail", {"pk": row.pk}))
        for kind, kwargs in kinds:
            try:
                return reverse(self.full_name(kind), kwargs=kwargs)
            except NoReverseMatch:
                continue
        return "/"

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        """Say that it is done and go on."""
        messages.success(request, str(self.done))
        return HttpResponseRedirect(self.after(row))


class FormPage(FormRoom, Generic[M]):
    """Create and edit one kind of record."""

    edit_title: ClassVar[str | Promise] = _("Edit")
    icon: ClassVar[str] = "pencil"
    create: ClassVar[Any] = None
    update: ClassVar[Any] = None
    save: ClassVar[Any] = None
    create_code: ClassVar[str] = ""
    update_code: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        save = cls.__dict__.get("save")
        if save is not None:
            # One action makes and changes: without a record it makes one.
            cls.create = staticmethod(lambda by, **values: save(by, None, **values))
            cls.update, cls.create_code = staticmethod(save), code_of(save)
        super().__init_subclass__(**kwargs)

    @classmethod
    def guard_code(cls, kind: str) -> str:
        """The permission code of 'create' or 'update'."""
        return getattr(cls, f"{kind}_code") or cls.code or code_of(raw(cls, kind))

    @classmethod
    def codes(cls) -> list[str]:
        return [cls.guard_code(kind) for kind in ("create", "update") if raw(cls, kind) is not None]

    @classmethod
    def row_codes(cls) -> list[str]:
        """Codes of which one lets a person edit a record."""
        return [cls.guard_code("update")]

    @classmethod
    def row_names(cls) -> list[str]:
        """URL names for a record's page."""
        return [cls.full_name("edit")] if raw(cls, "update") is not None else []

    @classmethod
    def row_label(cls) -> str | Promise:
        """The button's words."""
        return cls.edit_title

    @classmethod
    def url_names(cls) -> list[str]:
        pairs = (("create", "new"), ("update", "edit"))
        return [f"{cls.stem}-{name}" for kind, name in pairs if cls.stem and raw(cls, kind) is not None]

    @classmethod
    def urls(cls) -> list[URLPattern]:
        base, view = cls.base_path(), cls.as_view()
        paths = {"new": f"{base}new/", "edit": f"{base}<{cls.pk_type}:pk>/edit/"}
        return [path(paths[name.rsplit("-", 1)[1]], view, name=name) for name in cls.url_names()]

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> M | None:
        """The record to edit, None when creating; NotAllowed without the right to this one."""
        row: M | None = find(self.rows(request), kwargs["pk"]) if "pk" in kwargs else None
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        allowed = may(self.guard_code("update"), row) if row is not None else may(self.guard_code("create"))
        if not allowed and not self.any_person:
            raise NotAllowed(_("You may not change this."))
        return row

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = self._row(request, kwargs)
        with timezone.override(clock.zone(reader_zone(request))):
            return self._page(request, row, self.build(request, row))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Save through the action; a refusal or a conflict comes back with everything the person typed."""
        row = self._row(request, kwargs)
        with timezone.override(clock.zone(reader_zone(request))):
            data = self._resolved(request, row)
            form = self.build(request, row, data)
            if not form.is_valid():
                return self._page(request, row, form, status=422)
            try:
                return self.finish(request, self._save(request, row, form, data))
            except Conflict:
                return self._conflict(request, kwargs["pk"], data)
            except NotAllowed:
                raise
            except Refused as refusal:
                add_refusal(form, refusal)
                return self._page(request, row, form, status=422)

    def _save(self, request: HttpRequest, row: M | None, form: forms.BaseForm, data: QueryDict) -> Any:
        person, values = request.person, self.arguments(form)  # type: ignore[attr-defined]
        if row is None:
            return raw(type(self), "create")(person, **values)
        version = data.get("version", "")
        if version.isdecimal() and hasattr(row, "version"):
            values["expected_version"] = int(version)
        return raw(type(self), "update")(person, row, **values) or row

    def _page(
        self, request: HttpRequest, row: M | None, form: forms.BaseForm, *, status: int = 200, **extra: Any
    ) -> HttpResponseBase:
        posted = request.POST.get("version", "") if request.method == "POST" else ""
        context = {
            "form": form,
            "row": row,
            "title": self.edit_title if row is not None else self.title,
            "record": title_of(row, "") if row is not None else "",
            "version": posted or getattr(row, "version", ""),
            "cancel_url": self.after(row),
            "danger": self.danger,
            "button": _("Save"),
            **extra,
        }
        return self.show(request, context, status=status)

    # two people, one record

    def _conflict(self, request: HttpRequest, pk: Any, data: QueryDict) -> HttpResponseBase:
        """Both versions, field by field; everything typed travels along."""
        row = find(self.rows(request), pk)
        mine, stored = self.build(request, row, data), self.build(request, row)
        differences = [
            Difference(name, str(mine[name].label), fields.shown_value(mine[name]), fields.shown_value(stored[name]))
            for name in mine.changed_data
        ]
        skip = {"csrfmiddlewaretoken", "version"}
        context = {
            "row": row,
            "title": self.edit_title,
            "record": title_of(row, ""),
            "differences": differences,
            "typed": [(name, value) for name, values in data.lists() if name not in skip for value in values],
            "version": getattr(row, "version", ""),
            "cancel_url": self.after(row),
        }
        return self.show(request, context, template="ui/pages/conflict.html", status=409)

    def _resolved(self, request: HttpRequest, row: M | None) -> QueryDict:
        """The posted data, with the stored value where the person chose it on the conflict screen."""
        data = request.POST.copy()
        chosen = [
            name.removeprefix("keep:") for name, value in data.items() if name.startswith("keep:") and value == "stored"
        ]
        for name in [key for key in data if key.startswith("keep:")]:
            del data[name]
        if row is None or not chosen:
            return data
        stored = self.build(request, row)
        for name in chosen:
            if name in stored.fields:
                data.pop(name, None)
                for part, values in fields.data_of(stored[name]).items():
                    data.setlist(part, values)
        return data
