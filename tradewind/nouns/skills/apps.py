from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "tradewind.nouns.skills"
    label = "skills"
