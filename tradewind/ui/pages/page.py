"""Page: one screen with its address, its guard and its place in the rail."""

import inspect
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views import View

from tradewind.base.errors import NotAllowed, NotFound
from tradewind.ui import errors, nav
from tradewind.ui.pages import registry


def raw(owner: Any, name: str) -> Any:
    """A class attribute as it was written: a function stays a function and is not bound to the page."""
    found = inspect.getattr_static(owner, name, None)
    return found.__func__ if isinstance(found, staticmethod) else found


def code_of(action: Any) -> str:
    """The permission code of an action: its own name."""
    return str(getattr(action, "code", None) or getattr(action, "name", None) or "")


def plural_of(stem: str) -> str:
    """The English plural used in addresses: purchase → purchases, company → companies."""
    if re.search(r"[^aeiou]y$", stem):
        return f"{stem[:-1]}ies"
    return f"{stem}es" if stem.endswith(("s", "x", "ch", "sh")) else f"{stem}s"


def is_part(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for one element of the page only, so that a part is enough."""
    return request.headers.get("HX-Target", "").endswith(f"#{target}") and "HX-Request" in request.headers


class Page(View):
    """A screen of a room: who may open it, where it lives, what it shows.

    Subclasses with ``area`` and a name register themselves. Closed by default: without ``read``, ``any_person`` or
    ``public`` nobody may open it.
    """

    area: ClassVar[str] = ""
    section: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    icon: ClassVar[str] = "file"
    read: ClassVar[str] = ""
    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    template: ClassVar[str] = "ui/page.html"
    public: ClassVar[bool] = False
    any_person: ClassVar[bool] = False
    in_menu: ClassVar[bool] = True
    guide: ClassVar[str] = ""  # the page of the guide that explains this one

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.area and not cls.section:
            cls.section = cls.area if cls.area in nav.SECTIONS else "settings"
        names = cls.url_names()
        if cls.area and names:
            # Pages of a record have several names; the first one stands for the page in the audit trail.
            cls.name = names[0]
            registry.register(cls)

    @classmethod
    def url_names(cls) -> list[str]:
        """The names of this page's addresses, without the namespace."""
        return [cls.name] if cls.name else []

    @classmethod
    def menu_name(cls) -> str:
        """URL name for the rail and the palette; '' when the page needs a subject or hides."""
        return f"{cls.area}:{cls.name}" if cls.in_menu and cls.name and "<" not in cls.path else ""

    @classmethod
    def codes(cls) -> list[str]:
        """Permission codes of which one opens the page."""
        return [cls.read] if cls.read else []

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """The paths of this page, for the room's urls.py."""
        return [path(cls.path, cls.as_view(), name=cls.name)]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Guard, answer, and turn refusals into the right error page."""
        request.page = self  # type: ignore[attr-defined]
        try:
            response = self.guard(request) or super().dispatch(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response = response.render()
        except NotAllowed as refusal:
            response = errors.forbidden(request, refusal)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        patch_vary_headers(response, ["HX-Request", "Cookie", "Accept-Language"])
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def guard(self, request: HttpRequest) -> HttpResponse | None:
        """None when the person may open the page; else the sign-in page; NotAllowed without a code."""
        if self.public:
            return None
        if getattr(request, "person", None) is None:
            return self._sign_in(request)
        if not registry.may_open(request, type(self)):
            raise NotAllowed(_("You may not open this page."))
        return None

    def _sign_in(self, request: HttpRequest) -> HttpResponse:
        answer = redirect_to_login(request.get_full_path())
        if "HX-Request" not in request.headers:
            return answer
        # A part cannot be swapped for the sign-in page: the browser goes there as a whole.
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The page, from ``template`` and ``context``."""
        return self.show(request, self.context(request, **kwargs))

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """What the template gets; override."""
        return {}

    def show(
        self, request: HttpRequest, context: dict[str, Any], *, template: str = "", status: int = 200
    ) -> HttpResponse:
        """A rendered answer with ``page`` and ``title`` in its context."""
        ready = {"page": self, "title": self.title, **context}
        return TemplateResponse(request, template or self.template, ready, status=status)


class RoomPage(Page):
    """A page of one kind of record: its addresses follow from ``area`` and ``stem``.

    ``of`` names the list page whose area, stem, plural, read code and rows this page shares.
    """

    stem: ClassVar[str] = ""
    plural: ClassVar[str | None] = None
    pk_type: ClassVar[str] = "int"
    of: ClassVar[Any] = None
    shares: ClassVar[tuple[str, ...]] = ("area", "section", "stem", "plural", "pk_type", "icon", "read", "guide")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if cls.of is not None:
            for name in cls.shares:
                if name not in cls.__dict__ and not any(name in base.__dict__ for base in cls._room_bases()):
                    setattr(cls, name, getattr(cls.of, name))
        super().__init_subclass__(**kwargs)

    @classmethod
    def _room_bases(cls) -> list[type]:
        """Base classes that a room wrote itself, not the kit's."""
        return [
            base for base in cls.__mro__[1:] if not base.__module__.startswith("tradewind.ui.") and base is not object
        ]

    @classmethod
    def base_path(cls) -> str:
        """The path of the list, '' or with a trailing slash."""
        plural = plural_of(cls.stem).replace("_", "-") if cls.plural is None else cls.plural
        return f"{plural}/" if plural else ""

    @classmethod
    def full_name(cls, kind: str) -> str:
        """The URL name of one kind of page of this record: supply:purchase-list."""
        return f"{cls.area}:{cls.stem}-{kind}"


def urls(*classes: type[Page]) -> list[URLPattern]:
    """All paths of these pages, for ``urlpatterns``."""
    found: Sequence[URLPattern] = [pattern for cls in classes for pattern in cls.urls()]
    return sorted(found, key=lambda pattern: "<" in str(pattern.pattern))
