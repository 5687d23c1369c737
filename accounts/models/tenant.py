from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import scope
from accounts.choices import TenantLevel


class Tenant(models.Model):
    """辖区: a province, city or county. Its division code is dated data, never its key."""

    code = models.CharField(_("行政区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=TenantLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("上级辖区"))

    class Meta:
        verbose_name = _("辖区")

    def __str__(self):
        return self.name


class TenantClosure(models.Model):
    """Every (ancestor, descendant) pair, each tenant with itself: what read scopes are built from."""

    ancestor = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    descendant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="closure_pair")]


class TenantManager(models.Manager):
    """Rows of the current tenant only; raises outside a scope (the first of the two walls)."""

    def get_queryset(self):
        return super().get_queryset().filter(tenant_id=scope.tenant_id())

    def below(self):
        """Rows of the current tenant and of every tenant below it (the second wall's read scope)."""
        scope.tenant_id()
        return super().get_queryset()


class TenantModel(models.Model):
    """A table whose rows belong to one tenant. Its migration must carry a ``TenantTable`` operation."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, default=scope.tenant_id, db_index=False, editable=False, related_name="+"
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class TenantForeignKey(models.ForeignKey):
    """A reference inside the tenant: its constraint is composite and comes from ``TenantTable``."""

    def __init__(self, to, on_delete=models.PROTECT, **kwargs):
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)


def tenant_key(name: str) -> models.UniqueConstraint:
    """The unique key (tenant, id) that composite foreign keys point at."""
    return models.UniqueConstraint(fields=["tenant", "id"], name=f"{name}_tenant_key")
