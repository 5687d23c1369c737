from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models.tenant import TenantForeignKey, TenantModel, tenant_key
from accounts.models.unit import Unit


class User(AbstractBaseUser):
    """A person. Belongs to no tenant; what a person may do hangs on posts."""

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=30)
    is_active = models.BooleanField(_("启用"), default=True)

    # Written at every login, outside any act: the access log of the session layer serves instead.
    last_login = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = BaseUserManager()

    class Meta:
        verbose_name = _("用户")

    def __str__(self):
        return self.name


class Post(TenantModel):
    """岗位: a user in a unit with a role, for some time. A person acts in one post at a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("用户"))
    unit = TenantForeignKey(Unit, related_name="posts", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    from_on = models.DateField(_("任职起"))
    until_on = models.DateField(_("任职止"), null=True, blank=True)

    class Meta:
        verbose_name = _("岗位")
        constraints = [
            tenant_key("post"),
            models.UniqueConstraint(
                fields=["tenant", "user", "unit", "role", "from_on"],
                name="post_once",
                violation_error_message=_("该用户已在此单位担任同一角色。"),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="post_dates"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="post_user")]
