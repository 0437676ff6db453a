from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "tradewind.nouns.files"
    label = "files"
