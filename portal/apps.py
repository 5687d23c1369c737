from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Wiring: settings, address space, page shell, demo."""

    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Register the system checks and make ours the app that services send tasks through."""
        from portal import checks  # noqa: F401, PLC0415 -- registers on import
        from portal.celery import app  # noqa: PLC0415 -- it reads the settings

        app.set_default()
