"""What Django needs to know of the centre."""

from django.apps import AppConfig


class CollectorConfig(AppConfig):
    """The centre as a Django application."""

    name = "collector"
    verbose_name = "Entrance collector"

    def ready(self) -> None:
        """Listen to what is to be written into the audit."""
        from collector.web import audited  # noqa: PLC0415 - needs the models

        audited.connect()
