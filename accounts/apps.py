from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who, where and what happened: tenants, units, posts, scope and the change log."""

    name = "accounts"
    verbose_name = "组织与账户"
