from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "tradewind.nouns.org"
    label = "org"
