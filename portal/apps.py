from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Wiring: settings, address space, page shell, demo."""

    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Register the system checks."""
        from portal import checks  # noqa: F401, PLC0415 -- registers on import
