"""The slots that a record's page fills: its activity and its files, and what one does in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.discuss import actions, queries, rules, stream
from tradewind.engines.discuss.models import Comment
from tradewind.nouns.files.queries import attachments_of, open_kept
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Page

DOWNLOAD_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


class Part(Page):
    """A piece of a record's page, for whoever may read the record."""

    area, section, any_person, in_menu = "discuss", "settings", True, False

    def part(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """The piece as HTML."""
        return render(request, template, {"page": self, **context}, status=status)


class Activity(Part):
    """Comments, files and changes in one stream; posting adds a comment."""

    name, path, title = "activity", "activity/<str:subject>/<int:pk>/", gettext_lazy("Activity")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Add a comment and show the stream anew; what cannot be added comes back with its text."""
        body = request.POST.get("body", "")
        try:
            comment = actions.add_comment(
                reader(request), subject_type=kwargs["subject"], subject_id=kwargs["pk"], body=body
            )
        except Refused as refusal:
            if refusal.status == 404:
                raise
            return self.shown(request, **kwargs, typed=body, error=str(refusal), status=422)
        return self.shown(request, **kwargs, note=not_told(comment))

    def shown(
        self,
        request: HttpRequest,
        *,
        subject: str,
        pk: int,
        typed: str = "",
        error: str = "",
        note: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """The stream as this reader sees it."""
        known, record = queries.record_for(reader(request), subject, pk)
        before = moment(request.GET.get("before", ""))
        context = {
            "subject": subject,
            "pk": pk,
            "stream": stream.activity(known, pk, request.zone, before),  # type: ignore[attr-defined]
            "may_moderate": queries.may_moderate(reader(request), record),
            "typed": typed,
            "error": error,
            "note": note,
        }
        return self.part(request, "discuss/more.html" if before else "discuss/activity.html", context, status)


def moment(text: str) -> dt.datetime | None:
    """A moment from an address; None when it is none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def not_told(comment: Comment) -> str:
    """A sentence about people who were mentioned but may not see the record; '' when there are none."""
    known, record = queries.record_for(comment.author, comment.subject_type, comment.subject_id)
    _allowed, others = queries.mentioned_in(comment.body, known, record)
    if not others:
        return ""
    return _("Not told, because they may not see this: %(people)s") % {"people": ", ".join(str(one) for one in others)}


class CommentPart(Part):
    """One comment; posting changes its wording."""

    name, path, title = "comment", "comments/<int:pk>/", gettext_lazy("Comment")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown(request, queries.comment_for(reader(request), kwargs["pk"]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the new wording."""
        comment = queries.comment_for(reader(request), kwargs["pk"])
        body = request.POST.get("body", "")
        try:
            actions.edit_comment(reader(request), comment, body=body)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            context = {"comment": comment, "typed": body, "error": str(refusal)}
            return self.part(request, "discuss/edit.html", context, 422)
        return self.shown(request, queries.comment_for(reader(request), kwargs["pk"]))

    def shown(self, request: HttpRequest, comment: Comment) -> HttpResponse:
        """The comment as a line of the stream."""
        _known, record = queries.record_for(reader(request), comment.subject_type, comment.subject_id)
        may = queries.may_moderate(reader(request), record)
        return self.part(request, "discuss/line.html", {"line": stream.comment_line(comment), "may_moderate": may})


class CommentEdit(Part):
    """The form of one's own comment."""

    name, path, title = "comment-edit", "comments/<int:pk>/edit/", gettext_lazy("Edit the comment")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        comment = queries.comment_for(reader(request), kwargs["pk"])
        actions.require_author(reader(request), comment)
        return self.part(request, "discuss/edit.html", {"comment": comment, "typed": comment.body})


class CommentRemove(CommentPart):
    """Removes a comment."""

    name, path, title = "comment-remove", "comments/<int:pk>/remove/", gettext_lazy("Remove the comment")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(status=405, headers={"Allow": "POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Remove it, and show that it was there."""
        comment = queries.comment_for(reader(request), kwargs["pk"])
        actions.remove_comment(reader(request), comment)
        return self.shown(request, queries.comment_for(reader(request), kwargs["pk"]))


class CommentHistory(Part):
    """The earlier wordings of a comment."""

    name, path, title = "comment-history", "comments/<int:pk>/history/", gettext_lazy("Earlier wordings")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        comment = queries.comment_for(reader(request), kwargs["pk"])
        earlier = [] if comment.removed_at else [(row.until, stream.html(row.body)) for row in comment.wordings.all()]
        return self.part(request, "discuss/history.html", {"comment": comment, "earlier": earlier})


class People(Part):
    """Who can be mentioned: people who may see the record and whose name begins like what was typed."""

    name, path, title = "people", "activity/<str:subject>/<int:pk>/people/", gettext_lazy("People")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        known, record = queries.record_for(reader(request), kwargs["subject"], kwargs["pk"])
        found = queries.who_may_see(known, record, request.GET.get("q", "").strip()[:60])
        return self.part(request, "discuss/people.html", {"people": found})


class Files(Part):
    """The files of a record; posting attaches one."""

    name, path, title = "files", "files/<str:subject>/<int:pk>/", gettext_lazy("Attached files")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Attach the uploads."""
        person, uploads = reader(request), request.FILES.getlist("file")
        try:
            if not uploads:
                raise Refused(_("Choose a file first."))
            for upload in uploads:
                actions.attach(person, kwargs["subject"], kwargs["pk"], upload)
        except Refused as refusal:
            if refusal.status == 404:
                raise
            return self.shown(request, **kwargs, error=str(refusal), status=422)
        return self.shown(request, **kwargs)

    def shown(self, request: HttpRequest, *, subject: str, pk: int, error: str = "", status: int = 200) -> HttpResponse:
        """The files as this reader sees them."""
        _known, record = queries.record_for(reader(request), subject, pk)
        files = list(attachments_of(subject, pk).select_related("uploaded_by"))
        context = {
            "subject": subject,
            "pk": pk,
            "files": files,
            "pictures": {file.pk for file in files if rules.is_picture(file.content_type, file.size)},
            "may_moderate": queries.may_moderate(reader(request), record),
            "error": error,
        }
        return self.part(request, "discuss/files.html", context, status)


class FileDownload(Part):
    """A file, always as a download and never as a page of ours."""

    name, path, title = "download", "files/<int:pk>/download/", gettext_lazy("Download")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        attachment = queries.file_for(reader(request), kwargs["pk"])
        content = open_kept(attachment.sha256)
        actions.note_download(reader(request), attachment)
        return FileResponse(
            content,
            as_attachment=True,
            filename=attachment.name,
            content_type=attachment.content_type or "application/octet-stream",
            headers=DOWNLOAD_HEADERS,
        )


class FilePreview(Part):
    """A picture small enough to be looked at beside its record; everything else is a download."""

    name, path, title = "preview", "files/<int:pk>/preview/", gettext_lazy("Preview")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        attachment = queries.file_for(reader(request), kwargs["pk"])
        if not rules.is_picture(attachment.content_type, attachment.size):
            raise NotFound(_("This file has no preview."))
        content = open_kept(attachment.sha256)
        return FileResponse(content, content_type=attachment.content_type, headers=DOWNLOAD_HEADERS)


class FileRemove(Files):
    """Removes a file from a record."""

    name, path, title = "file-remove", "files/<int:pk>/remove/", gettext_lazy("Remove the file")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(status=405, headers={"Allow": "POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Remove it and show those that are left."""
        attachment = queries.file_for(reader(request), kwargs["pk"])
        actions.remove_file(reader(request), attachment)
        return self.shown(request, subject=attachment.subject_type, pk=attachment.subject_id)


PAGES = (
    Activity, CommentPart, CommentEdit, CommentRemove, CommentHistory, People, Files, FileDownload, FilePreview, FileRemove,
)  # fmt: skip
