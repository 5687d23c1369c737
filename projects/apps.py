from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """What happened: firms, projects, agreements, vouchers and the claims ledger."""

    name = "projects"
    verbose_name = "项目与数据"
