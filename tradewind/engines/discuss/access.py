"""Who may moderate; to comment one needs no more than to read the subject."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes

codes("discuss", moderate=_("Remove comments and files of others"))
