"""What Django needs to know of the centre."""

from django.apps import AppConfig


class CollectorConfig(AppConfig):
    """The centre as a Django application."""

    name = "collector"
    verbose_name = "Entrance collector"
