"""Monthly reviews: the list, a review's page with its checklist and pack, variances to explain, and their limits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from tradewind.areas.finance.actions import review_openings
from tradewind.areas.finance.actions import reviews as actions
from tradewind.areas.finance.forms.reviews import (
    CommentFields,
    DecisionFields,
    FinishFields,
    LimitFields,
    OwnerFields,
    ReopenFields,
    TickFields,
)
from tradewind.areas.finance.models import Reopening, Review, VarianceLimit, VarianceNote
from tradewind.areas.finance.queries import packs
from tradewind.areas.finance.queries import reviews as queries
from tradewind.areas.finance.queries.review_checks import checks_of, ticked
from tradewind.areas.finance.queries.review_words import largest
from tradewind.base.errors import Refused
from tradewind.base.money import Money, from_units
from tradewind.base.period import Period
from tradewind.engines.inbox.models import Todo
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.org.queries import reader
from tradewind.ui import hooks
from tradewind.ui.formats import format_money
from tradewind.ui.pages import ActionPage, Bool, Col, DayRange, DetailPage, FormPage, ListPage, Page, Ref
from tradewind.ui.pages.details import find
from tradewind.ui.pages.files import FILES


def state_of(review: Review) -> Any:
    """Where a review stands, in words."""
    if review.done_at is not None:
        return _("Finished")
    if queries.running(review):
        return _("The month runs")
    return _("Late") if queries.late(review) else pgettext("review", "Open")


def tone_of(review: Review) -> str:
    """The colour of a review's state."""
    return "good" if review.done_at is not None else "bad" if queries.late(review) else "info"


class ReviewList(ListPage[Review]):
    area, stem = "finance", "review"
    title, icon, read, guide = gettext_lazy("Monthly reviews"), "calendar-check", "finance.view_budget", "variance"
    columns = [
        Col("month", gettext_lazy("Month"), value=queries.month_name, sort="month", link=True),
        Col("entity", gettext_lazy("Entity"), value=lambda row: row.entity or _("Company"), sort="entity__code"),
        Col("state", gettext_lazy("State"), kind="chip", value=state_of, tone=tone_of),
        Col("due", gettext_lazy("Due"), kind="day", sort="due"),
        Col("told", gettext_lazy("Explained"), value=lambda row: f"{row.told_count}/{row.note_count}"),
        Col("done_at", gettext_lazy("Finished"), kind="moment", sort="done_at"),
        Col("done_by", gettext_lazy("By"), kind="person"),
    ]
    filters = [
        Ref("entity", gettext_lazy("Entity"), lambda request: Entity.objects.filter(active=True)),
        DayRange("month", gettext_lazy("Month")),
        Bool("open", gettext_lazy("Not finished"), apply=lambda rows, value: rows.filter(done_at__isnull=value)),
    ]
    default_order = "-month"
    searchable = False
    empty = gettext_lazy(
        "On the first day of each month a review of the month before opens by itself, for every entity and the company."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Review]:
        return queries.reviews(reader(request))


class ReviewDetail(DetailPage[Review]):
    of = ReviewList
    title, guide = staticmethod(queries.review_name), "variance"
    template = "finance/review.html"
    facts = [*ReviewList.columns[1:], Col("checks", gettext_lazy("Ticked by hand"), value=ticked)]
    actions = ["finance:review-finish", "finance:review-decide", "finance:review-tick", "finance:review-recount",
               "finance:review-ask", "finance:review-reopen", "finance:review-keep"]  # fmt: skip

    def extra(self, request: HttpRequest, row: Review) -> dict[str, Any]:
        """Checklist, variances, the largest in words, what was decided."""
        person = reader(request)
        found = packs.found_for(person, row)
        month = Period.containing(row.month, "month").code
        place = f"&entity={row.entity_id}" if row.entity_id else ""
        may_comment = request.may("finance.finish_review", row)  # type: ignore[attr-defined]
        return {
            "checks": checks_of(row), "notes": [drawn_note(note, person, may_comment=may_comment) for note in queries.seen_notes(person, row)],
            "told": largest(found) if found and found.asked.budgets else [], "planned": bool(found and found.asked.budgets),
            "todos": Todo.objects.filter(subject_type="finance.review", subject_id=row.pk, kind=actions.DECIDED).select_related("person"),
            "variance_url": f"{reverse('finance:variance')}?period={month}{place}",
            "openings": row.reopenings.select_related("done_by", "asked_by", "decided_by"),
            "packs": [(kind.upper(), reverse("finance:review-pack", args=[row.pk, kind])) for kind in ("pdf", "xlsx")],
        }  # fmt: skip


def drawn_note(note: VarianceNote, person: Person, *, may_comment: bool) -> dict[str, Any]:
    """A variance as the review's page shows it."""
    change = Money.of_units(note.actual_amount - note.budget_amount, note.currency)
    open_review = note.review.done_at is None
    return {
        "note": note, "words": queries.note_words(note), "plan": Money.of_units(note.budget_amount, note.currency),
        "actual": Money.of_units(note.actual_amount, note.currency), "change": change, "tone": "good" if change.amount > 0 else "bad",
        "url": reverse("finance:variance_note-comment", args=[note.pk]) if open_review and (may_comment or note.owner_id == person.pk) else "",
    }  # fmt: skip


class ReviewVerb(ActionPage[Review]):
    """What is done in a review that is not finished."""

    of = ReviewList

    @classmethod
    def offered(cls, row: Review) -> bool:
        return row.done_at is None


class ReviewRecount(ReviewVerb):
    verb = "recount"
    title, button, icon = gettext_lazy("Count the variances anew"), gettext_lazy("Count anew"), "refresh"
    action, form = actions.recount_review, None


class ReviewTick(ReviewVerb):
    verb = "tick"
    title, button, icon = gettext_lazy("Settle a point by hand"), gettext_lazy("Settle a point"), "checklist"
    action, form = actions.tick_check, TickFields


class ReviewDecide(ReviewVerb):
    verb = "decide"
    title, button, icon = gettext_lazy("Decide what is to be done"), gettext_lazy("Add a decision"), "gavel"
    action, form = actions.decide_review, DecisionFields

    def after(self, row: Any) -> str:
        return reverse("finance:review-detail", args=[row.subject_id]) if isinstance(row, Todo) else super().after(row)


class ReviewFinish(ReviewVerb):
    verb = "finish"
    title, button, icon = gettext_lazy("Finish the review"), gettext_lazy("Finish"), "check"
    action, form = actions.finish_review, FinishFields

    @classmethod
    def offered(cls, row: Review) -> bool:
        return row.done_at is None and not queries.running(row)

    def warning(self, request: HttpRequest, row: Any) -> Any:
        left = [str(check.label) for check in checks_of(row) if not check.good]
        return _("Still open on the checklist: %(points)s.") % {"points": _(", ").join(left)} if left else self.text


class ReviewAsk(ActionPage[Review]):
    """Asks for a finished review to be opened again."""

    of, verb, icon = ReviewList, "ask", "lock-question"
    title, button = gettext_lazy("Ask to open this review again"), gettext_lazy("Ask to open again")
    text = gettext_lazy(
        "Another person must agree. Who finished it first stays in its history, and so does whether that was in time."
    )
    action, form = review_openings.ask_review_opening, ReopenFields

    @classmethod
    def offered(cls, row: Review) -> bool:
        return row.done_at is not None and review_openings.wish_of(row) is None

    def after(self, row: Any) -> str:
        return super().after(row.review if isinstance(row, Reopening) else row)


class ReviewReopen(ActionPage[Review]):
    """Agrees to open a finished review again."""

    of, verb, icon, danger = ReviewList, "reopen", "lock-open", True
    title, button = gettext_lazy("Open this review again"), gettext_lazy("Open again")
    text = gettext_lazy(
        "Its amounts follow the facts and the budgets in force again, and its variances wait for explanations anew."
    )
    action = review_openings.reopen_review

    @classmethod
    def offered(cls, row: Review) -> bool:
        return row.done_at is not None and review_openings.wish_of(row) is not None

    def perform(self, request: HttpRequest, row: Review | None, values: dict[str, Any]) -> Any:
        """Agree; whoever asked is told that somebody else must, instead of meeting a closed door."""
        wish = review_openings.wish_of(row) if row is not None else None
        if self.verb == "reopen" and wish is not None and wish.asked_by_id == reader(request).pk:
            raise Refused(_("Another person than the one who asked must agree."))
        return super().perform(request, row, values)


class ReviewKeep(ReviewReopen):
    """Turns the wish down."""

    verb, icon, danger = "keep", "lock-check", False
    title, button = gettext_lazy("Keep this review finished"), gettext_lazy("Keep finished")
    text = gettext_lazy("Nothing changes, and whoever asked is told.")
    action = review_openings.keep_review


class ReviewPack(Page):
    """The pack of a review as a file."""

    area, name, path = "finance", "review-pack", "reviews/<int:pk>/pack/<str:kind>/"
    title, icon, read = gettext_lazy("Review pack"), "file-download", "finance.view_budget"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        review, kind, person = find(queries.reviews(reader(request)), kwargs["pk"]), kwargs["kind"], reader(request)
        name = f"review-{review.month:%Y-%m}-{review.entity.code if review.entity else 'company'}"
        hooks.call("on_export", request, self, 1)
        if kind == "pdf":
            answer = HttpResponse(packs.document(person, review), content_type="application/pdf")
            answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
            return answer
        if kind not in FILES:
            raise Http404
        return FILES[kind](packs.lines(person, review), f"{name}.{kind}")


class NoteList(ListPage[VarianceNote]):
    area, stem, plural = "finance", "variance_note", "variance-notes"
    title, icon, read, guide = (
        gettext_lazy("Variances to explain"),
        "message-question",
        "finance.view_budget",
        "variance",
    )
    columns = [
        Col("account", gettext_lazy("Account"), sort="account__position", link=True),
        Col("market", gettext_lazy("Market"), sort="market__code"),
        Col("month", gettext_lazy("Month"), value=lambda row: queries.month_name(row.review), sort="review__month"),
        Col("entity", gettext_lazy("Entity"), value="review.entity"),
        Col("budget_amount", gettext_lazy("Budget"), kind="money", currency="currency"),
        Col("actual_amount", gettext_lazy("Actual"), kind="money", currency="currency"),
        Col(
            "change",
            gettext_lazy("Difference"),
            kind="money",
            value=lambda row: row.actual_amount - row.budget_amount,
            currency="currency",
        ),
        Col("owner", gettext_lazy("Owner"), kind="person"),
        Col("comment", gettext_lazy("Explanation")),
        Col("commented_at", gettext_lazy("Explained on"), kind="moment", hidden=True),
    ]
    filters = [
        Bool(
            "told",
            gettext_lazy("Explained"),
            apply=lambda rows, value: rows.exclude(comment="") if value else rows.filter(comment=""),
        ),
        Ref("owner", gettext_lazy("Owner"), lambda request: Person.objects.filter(active=True)),
        DayRange("month", gettext_lazy("Month"), field="review__month"),
    ]
    default_order = "-month"
    empty = gettext_lazy("A difference over its limit waits here for the explanation of its owner.")

    def rows(self, request: HttpRequest) -> QuerySet[VarianceNote]:
        return queries.notes(reader(request))

    def search(self, rows: QuerySet[VarianceNote], text: str) -> QuerySet[VarianceNote]:
        return rows.filter(comment__icontains=text)


class NoteDetail(DetailPage[VarianceNote]):
    of = NoteList
    title, any_person, guide = staticmethod(queries.note_words), True, "variance"
    facts = NoteList.columns[1:]
    actions = ["finance:variance_note-comment", "finance:variance_note-hand"]


class NoteComment(ActionPage[VarianceNote]):
    """Open to everybody; the action asks who it is."""

    of, verb, any_person = NoteList, "comment", True
    title, button, icon = gettext_lazy("Explain the variance"), gettext_lazy("Say why"), "message-check"
    action, form = actions.comment_variance, CommentFields

    @classmethod
    def offered(cls, row: VarianceNote) -> bool:
        return row.review.done_at is None

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"comment": row.comment} if row is not None else {}

    def warning(self, request: HttpRequest, row: Any) -> Any:
        money = {
            name: format_money(Money.of_units(getattr(row, f"{name}_amount"), row.currency), code=True)
            for name in ("budget", "actual")
        }
        return _("%(what)s: %(actual)s instead of %(budget)s.") % {"what": queries.note_words(row), **money}


class NoteHand(ActionPage[VarianceNote]):
    of, verb = NoteList, "hand"
    title, button, icon = gettext_lazy("Let somebody else explain"), gettext_lazy("Hand over"), "user-share"
    action, form = actions.hand_variance, OwnerFields

    @classmethod
    def offered(cls, row: VarianceNote) -> bool:
        return row.review.done_at is None


class LimitList(ListPage[VarianceLimit]):
    area, stem, plural = "finance", "variance_limit", "variance-limits"
    title, icon, read, guide = gettext_lazy("Limits for comments"), "ruler-measure", "finance.view_budget", "variance"
    columns = [
        Col("entity", gettext_lazy("Entity"), value=lambda row: row.entity or _("All entities"), link=lambda row: reverse("finance:variance_limit-edit", args=[row.pk])),
        Col("account", gettext_lazy("Account"), value=lambda row: row.account or _("All accounts")),
        Col("amount", gettext_lazy("At least, in a month"), kind="money", currency="currency", sort="amount"),
        Col("percent", gettext_lazy("Of the budget"), kind="percent", value=lambda row: from_units(row.percent) / 100, sort="percent"),
    ]  # fmt: skip
    default_order = "entity"
    searchable = False
    primary, primary_code, primary_label = (
        "finance:variance_limit-new",
        "finance.set_variance_limit",
        gettext_lazy("Set a limit"),
    )
    empty = gettext_lazy(
        "Until a limit is set, a variance is explained from 1,000 US dollars and a tenth of its budget on."
    )

    def rows(self, request: HttpRequest) -> QuerySet[VarianceLimit]:
        return queries.limits(reader(request))


class LimitForm(FormPage[VarianceLimit]):
    of = LimitList
    title, edit_title = gettext_lazy("Limit for comments"), gettext_lazy("Limit for comments")
    form, save = LimitFields, actions.set_variance_limit

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is not None:
            found |= {"amount": from_units(row.amount), "percent": from_units(row.percent)}
        return found

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return dict(form.cleaned_data)


class LimitRemove(ActionPage[VarianceLimit]):
    of, verb, danger = LimitList, "remove", True
    title, button, icon = gettext_lazy("Remove the limit"), gettext_lazy("Remove"), "trash"
    action, form = actions.remove_variance_limit, None


PAGES = (
    ReviewList, ReviewDetail, ReviewRecount, ReviewTick, ReviewDecide, ReviewFinish, ReviewAsk, ReviewReopen, ReviewKeep, ReviewPack,
    NoteList, NoteDetail, NoteComment, NoteHand, LimitList, LimitForm, LimitRemove,
)  # fmt: skip
