"""What Django needs to know of the centre."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollectorConfig(AppConfig):
    """The centre as a Django application."""

    name = "collector"
    verbose_name = _("Entrance")

    def ready(self) -> None:
        """Listen to what is to be written into the audit."""
        from collector.web import audited  # noqa: PLC0415 - needs the models

        audited.connect()
