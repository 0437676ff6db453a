from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "tradewind.engines.inbox"
    label = "inbox"
