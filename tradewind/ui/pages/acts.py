"""ActionPage: confirm, perhaps a small form, then one action on one record."""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.details import find, title_of
from tradewind.ui.pages.edits import FormRoom, add_refusal
from tradewind.ui.pages.page import code_of, is_part, raw

M = TypeVar("M", bound=Model)


class ActionPage(FormRoom, Generic[M]):
    """One verb of one kind of record: supply:purchase-approve. ``row = False`` is a verb without a record."""

    template: ClassVar[str] = "ui/pages/action.html"
    verb: ClassVar[str] = ""
    action: ClassVar[Any] = None
    button: ClassVar[str | Promise] = ""
    text: ClassVar[str | Promise] = ""
    done: ClassVar[str | Promise] = _("Done")
    with_row: ClassVar[bool] = True

    @classmethod
    def codes(cls) -> list[str]:
        return [cls.code or code_of(raw(cls, "action"))]

    @classmethod
    def row_codes(cls) -> list[str]:
        """Codes of which one lets a person act on a record."""
        return cls.codes()

    @classmethod
    def row_names(cls) -> list[str]:
        """URL names for a record's page."""
        return [cls.full_name(cls.verb)] if cls.with_row else []

    @classmethod
    def row_label(cls) -> str | Promise:
        """The button's words."""
        return cls.button or cls.title

    @classmethod
    def url_names(cls) -> list[str]:
        return [f"{cls.stem}-{cls.verb}"] if cls.stem and cls.verb else []

    @classmethod
    def urls(cls) -> list[URLPattern]:
        key = f"<{cls.pk_type}:pk>/" if cls.with_row else ""
        verb = cls.verb.replace("_", "-")
        return [path(f"{cls.base_path()}{key}{verb}/", cls.as_view(), name=f"{cls.stem}-{cls.verb}")]

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> M | None:
        row: M | None = find(self.rows(request), kwargs["pk"]) if self.with_row else None
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        if not self.any_person and not any(may(code, row) if row is not None else may(code) for code in self.codes()):
            raise NotAllowed(_("You may not do this."))
        return row

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """An action starts empty, except for what the address gives."""
        return super().initial(request, None)

    def warning(self, request: HttpRequest, row: Any) -> str | Promise:
        """The sentence above the button; override to say what will happen to this record."""
        return self.text

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = self._row(request, kwargs)
        with timezone.override(clock.zone(reader_zone(request))):
            return self._page(request, row, self.build(request, row))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Run the action; a refusal comes back with everything the person typed."""
        row = self._row(request, kwargs)
        with timezone.override(clock.zone(reader_zone(request))):
            form = self.build(request, row, request.POST)
            if not form.is_valid():
                return self._page(request, row, form, status=422)
            try:
                return self.finish(request, self.perform(request, row, self.arguments(form)))
            except NotAllowed:
                raise
            except Conflict:
                form.add_error(None, _("Somebody changed this meanwhile. Look at it again, then decide."))
                return self._page(request, row, form, status=409)
            except Refused as refusal:
                add_refusal(form, refusal)
                return self._page(request, row, form, status=422)

    def perform(self, request: HttpRequest, row: M | None, values: dict[str, Any]) -> Any:
        """Call the action; what it returns decides where the page leads (the record when it returns nothing)."""
        action, person = raw(type(self), "action"), request.person  # type: ignore[attr-defined]
        if row is None:
            return action(person, **values)
        version = request.POST.get("version", "")
        if version.isdecimal() and hasattr(row, "version"):
            values["expected_version"] = int(version)
        return action(person, row, **values) or row

    def _page(
        self, request: HttpRequest, row: M | None, form: forms.BaseForm, *, status: int = 200
    ) -> HttpResponseBase:
        context = {
            "form": form,
            "row": row,
            "record": title_of(row, "") if row is not None else "",
            "version": getattr(row, "version", ""),
            "text": self.warning(request, row),
            "button": self.button or self.title,
            "danger": self.danger,
            "cancel_url": self.after(row),
            "action_url": request.path,
        }
        dialog = is_part(request, "dialog-body")
        return self.show(request, context, template="ui/pages/action_part.html" if dialog else "", status=status)
