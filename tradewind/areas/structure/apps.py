from django.apps import AppConfig


class StructureConfig(AppConfig):
    name = "tradewind.areas.structure"
    label = "structure"
