from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "tradewind.areas.compliance"
    label = "compliance"
