from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """What it is worth: opinions, measures, targets, standing."""

    name = "assessment"
    verbose_name = "核实与考核"
