"""What reaches me, when, by which route, and who acts for me."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from tradewind.base.errors import NotFound
from tradewind.engines.actions.run import run
from tradewind.engines.inbox import actions, mail, queries
from tradewind.engines.inbox.feed import feed_of, reader_of
from tradewind.engines.inbox.forms import DeputyForm, ProfileForm, ReachForm
from tradewind.engines.inbox.kinds import KINDS, Kind
from tradewind.engines.inbox.models import Delivery, Deputy, Preference, Reach
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Col, ListPage, Page

OUT = [(code, label) for code, label in Delivery.ROUTES if code != Delivery.APP]


class Preferences(Page):
    """A grid of the kinds of notices and the routes out of the house."""

    area, section, name, path, any_person = "inbox", "me", "preferences", "me/preferences/", True
    title, icon, template = _("What reaches me"), "adjustments", "inbox/preferences.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        chosen = {(row.kind, row.route): row.wanted for row in Preference.objects.filter(person=person)}
        kinds = sorted(KINDS.values(), key=lambda kind: (not kind.optional, kind.code))
        return {
            "routes": OUT,
            "lines": [(kind, [(code, wanted(kind, code, chosen)) for code, _label in OUT]) for kind in kinds],
            "reach": queries.reach_of(person),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the ticks."""
        ticked = set(request.POST.getlist("wanted"))
        choice = {
            code: [route for route, _label in OUT if f"{code}/{route}" in ticked]
            for code, kind in KINDS.items()
            if kind.optional
        }
        actions.set_preferences(reader(request), wanted=choice)
        messages.success(request, gettext("Saved"))
        return HttpResponseRedirect(reverse("inbox:preferences"))


def wanted(kind: Kind, route: str, chosen: dict[tuple[str, str], bool]) -> bool:
    """Whether a kind goes out by a route: as chosen, else as the kind says."""
    return chosen.get((kind.code, route), route in kind.routes) if kind.optional else route in kind.routes


class Profile(ActionPage[Person]):
    """My language, zone, theme and name."""

    area, section, stem, verb, plural = "inbox", "me", "profile", "edit", "me"
    any_person, with_row = True, False
    title, button, icon = _("My profile"), _("Save"), "user"
    form = ProfileForm
    done = _("Saved")

    @classmethod
    def url_names(cls) -> list[str]:
        return ["profile"]

    @classmethod
    def menu_name(cls) -> str:
        return "inbox:profile"

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [path("me/profile/", cls.as_view(), name="profile")]

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        person = reader(request)
        theme = "auto" if person.theme == "system" else person.theme
        return {
            "preferred_name": person.preferred_name, "language": person.language, "zone": person.zone, "theme": theme,
        }  # fmt: skip

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        return run("structure.keep_preferences", by=reader(request), data=values)

    def after(self, row: Any) -> str:
        return reverse("inbox:profile")


class ReachEdit(ActionPage[Reach]):
    """When and by which chat I may be reached."""

    area, section, stem, verb, plural = "inbox", "me", "reach", "edit", "me/reach"
    any_person, with_row = True, False
    title, button, icon = _("When messages may reach me"), _("Save"), "moon"
    form, action = ReachForm, actions.set_reach
    done = _("Saved")

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        reach = queries.reach_of(reader(request))
        return {name: getattr(reach, name) for name in ("mode", "since", "until", "digest", "chat_url")}

    def after(self, row: Any) -> str:
        return reverse("inbox:preferences")


class FeedOpen(ActionPage[Reach]):
    """Makes the address of my calendar feed and shows it this once."""

    area, section, stem, verb, plural = "inbox", "me", "feed", "open", "me/feed"
    any_person, with_row = True, False
    title, button, icon = _("Calendar feed"), _("Make an address"), "calendar-share"
    text = _(
        "Whoever has the address can read what falls due for you and when you are away. An earlier address stops to work."
    )
    action = actions.open_feed

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        return self.show(request, {"url": row}, template="inbox/feed.html")

    def after(self, row: Any) -> str:
        return reverse("inbox:preferences")


class FeedClose(ActionPage[Reach]):
    """Closes my calendar feed."""

    area, section, stem, verb, plural = "inbox", "me", "feed", "close", "me/feed"
    any_person, with_row, danger = True, False, True
    title, button, icon = _("Close the calendar feed"), _("Close the calendar feed"), "calendar-off"
    action = actions.close_feed

    def after(self, row: Any) -> str:
        return reverse("inbox:preferences")


class Feed(Page):
    """The feed itself; its address is the key."""

    area, section, name, path, public, in_menu = "inbox", "me", "feed", "feeds/<str:token>.ics", True, False
    title = _("Calendar feed")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = reader_of(kwargs["token"])
        if person is None:
            raise NotFound(gettext("There is no such feed."))
        headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
        return HttpResponse(feed_of(person), content_type="text/calendar; charset=utf-8", headers=headers)


class DeputyList(ListPage[Deputy]):
    """Who acts for me."""

    area, section, stem, any_person, plural = "inbox", "me", "deputy", True, "me/deputies"
    title, icon = _("Deputies"), "users"
    columns = [
        Col("person", _("For"), kind="person"),
        Col("deputy", _("Deputy"), kind="person"),
        Col("start", _("First day"), kind="day", sort="start"),
        Col("end", _("Last day"), kind="day", sort="end"),
        Col("state", _("State"), kind="chip", value=lambda row: state_of(row)[0], tone=lambda row: state_of(row)[1]),
    ]
    default_order = "-start"
    primary, primary_label = "inbox:deputy-appoint", _("Appoint a deputy")
    searchable, export, peek = False, False, False
    empty = _("Appoint who settles your to-dos and approvals while you are away.")

    def rows(self, request: HttpRequest) -> QuerySet[Deputy]:
        return Deputy.objects.filter(person=reader(request)).select_related("person", "deputy")

    def row_url(self, row: Deputy) -> str:
        return "" if row.ended else reverse("inbox:deputy-end", args=[row.pk])


def state_of(line: Deputy) -> tuple[str, str]:
    """How a deputy's time stands, in a word and a tone."""
    if line.ended:
        return gettext("Ended"), "neutral"
    return (gettext("Acting today"), "good") if queries.holds(line) else (gettext("Not today"), "neutral")


class DeputyAppoint(ActionPage[Deputy]):
    """Appoints a deputy."""

    area, section, stem, verb, plural = "inbox", "me", "deputy", "appoint", "me/deputies"
    any_person, with_row = True, False
    title, button, icon = _("Appoint a deputy"), _("Appoint"), "user-plus"
    form, action = DeputyForm, actions.appoint_deputy


class DeputyEnd(ActionPage[Deputy]):
    """Ends a deputy's time."""

    area, section, stem, verb, plural, any_person = "inbox", "me", "deputy", "end", "me/deputies", True
    title, button, icon = _("End the deputy's time"), _("End"), "user-minus"
    action = actions.end_deputy

    def rows(self, request: HttpRequest) -> QuerySet[Deputy]:
        return DeputyList().rows(request)


@method_decorator(
    csrf_exempt, name="dispatch"
)  # mail programs post here by themselves (RFC 8058); the address is signed
class Unsubscribe(Page):
    """Switches kinds of mail off without signing in, from the address in the mail."""

    area, section, name, path, public, in_menu = "inbox", "me", "unsubscribe", "unsubscribe/<str:token>/", True, False
    title, template = _("No more messages of this kind"), "inbox/unsubscribe.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        _person, kinds = mail.read_unsubscribe(kwargs["token"])
        return {"kinds": [KINDS[code] for code in kinds if code in KINDS], "done": False}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Switch them off."""
        person, kinds = mail.read_unsubscribe(kwargs["token"])
        if not kinds:
            raise NotFound(gettext("This address is not complete. Copy the whole of it from the message."))
        actions.unsubscribe(person, kinds=kinds)
        return self.show(request, {**self.context(request, **kwargs), "done": True})
