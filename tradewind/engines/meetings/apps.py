from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "tradewind.engines.meetings"
    label = "meetings"
