"""GridPage: a table of like lines edited as a whole, by one action; it works without scripts."""

from typing import Any, ClassVar, TypeVar

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, QueryDict

from tradewind.ui import fields, hooks
from tradewind.ui.pages.acts import ActionPage

M = TypeVar("M", bound=Model)
GRID = "line"
MORE = 5


class Lines(forms.BaseFormSet):  # type: ignore[type-arg]
    """The lines of a grid; one that was emptied counts as taken out."""

    def initial_form_count(self) -> int:
        """Sent lines are judged by what they hold alone, not by what stood there before."""
        return 0 if self.is_bound else super().initial_form_count()

    def given(self) -> list[dict[str, Any]]:
        """The values of the lines that stay; none while a line has a fault."""
        if not self.is_valid():
            return []
        kept = [line.cleaned_data for line in self.forms if line.has_changed() and not line.cleaned_data.get("DELETE")]
        return [{name: value for name, value in values.items() if name != "DELETE"} for values in kept]


class GridPage(ActionPage[M]):
    """Edits all lines of a record: `line` is the form of one, the action gets them as a list named `argument`."""

    template: ClassVar[str] = "ui/pages/grid.html"
    line: ClassVar[type[forms.Form]]
    argument: ClassVar[str] = "lines"
    blank: ClassVar[int] = 3
    most: ClassVar[int] = 300

    @classmethod
    def row_label(cls) -> Any:
        """What the button of the record's page leads to, not what saving says."""
        return cls.title

    def lines(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The lines there are, as the form of a line wants them; override."""
        raise NotImplementedError

    def line_of(self, values: dict[str, Any]) -> Any:
        """What the action gets for one line; override to make it the action's own type."""
        return values

    def build(self, request: HttpRequest, row: Any, data: QueryDict | None = None) -> forms.BaseForm:
        form = super().build(request, row, data)
        kind = forms.formset_factory(
            type(self).line, formset=Lines, extra=self.blank, can_delete=True, max_num=self.most, validate_max=True
        )
        grid: Any = kind(data, prefix=GRID) if data is not None else kind(initial=self.lines(request, row), prefix=GRID)
        offered: dict[str, list[Any]] = {}
        for line in [*grid.forms, grid.empty_form]:
            fields.polish(line)
            hooks.call("choices", request, line)
            for name, item in line.fields.items():
                item.widget.attrs.setdefault("aria-label", item.label)
                if isinstance(item, forms.ModelChoiceField):  # read once for all lines
                    choices: Any = item.choices
                    item.widget.choices = offered[name] = offered.get(name) or list(choices)
        form.grid = grid  # type: ignore[attr-defined]
        return form

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        lines = [self.line_of(values) for values in form.grid.given()]  # type: ignore[attr-defined]
        return {**form.cleaned_data, self.argument: lines}

    def longer(self, data: QueryDict) -> QueryDict:
        """What was sent with some blank lines after it, which begin as a blank line does."""
        given = data.get(f"{GRID}-TOTAL_FORMS", "0")
        count = int(given) if given.isdecimal() else 0
        total = min(count + MORE, self.most)
        data[f"{GRID}-TOTAL_FORMS"] = str(total)
        for number in range(count, total):
            for name, item in type(self).line.base_fields.items():
                data[f"{GRID}-{number}-{name}"] = str(item.initial or "")
        return data

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Save all lines, or none; `more` gives further blank lines and saves nothing."""
        if "more" in request.POST:
            row = self._row(request, kwargs)
            return self._page(request, row, self.build(request, row, self.longer(request.POST.copy())))
        row = self._row(request, kwargs)
        form = self.build(request, row, request.POST)
        if not form.grid.is_valid():  # type: ignore[attr-defined]
            return self._page(request, row, form, status=422)
        return super().post(request, **kwargs)
