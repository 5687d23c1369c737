from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Duty, Role
from accounts.models.tenant import TenantForeignKey, TenantModel, tenant_key
from accounts.models.unit import Unit
from accounts.pinyin import PinyinField


class User(AbstractBaseUser):
    """A person. Belongs to no tenant; what a person may do hangs on posts.

    The application changes the own password only. Everything else is written by functions of the
    database that ask for the administrator's post. ``initial_until`` is set while the password is
    one that an administrator handed out: it works until then, and opens nothing but its change.
    ``second_factor_at`` is the moment at which the person bound a device.
    """

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=30)
    search_key = PinyinField(_("拼音检索"))
    is_active = models.BooleanField(_("启用"), default=True)
    initial_until = models.DateTimeField(_("初始密码有效至"), null=True, editable=False)
    second_factor_at = models.DateTimeField(_("动态口令绑定时间"), null=True, editable=False)

    # Written at every login, outside any act: the access log of the session layer serves instead.
    last_login = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = BaseUserManager()

    class Meta:
        verbose_name = _("用户")

    def __str__(self):
        return self.name


class SecondFactor(models.Model):
    """动态口令: what a person's device and the portal both know. Seen by its person alone.

    ``step`` is the time step of the last code that was accepted: none is accepted twice.
    """

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    secret = models.BinaryField()
    step = models.BigIntegerField(db_default=0)
    failures = models.PositiveSmallIntegerField(db_default=0)
    failed_at = models.DateTimeField(null=True)


class Post(TenantModel):
    """岗位: a user in a unit with a role, for some time. A person acts in one post at a time.

    ``pending``: the post decides or administers and waits for the security administrator; the
    database sets it, and a pending post opens nothing.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("用户"))
    unit = TenantForeignKey(Unit, related_name="posts", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    from_on = models.DateField(_("任职起"))
    until_on = models.DateField(_("任职止"), null=True, blank=True)
    duty = models.CharField(_("领导责任"), max_length=10, choices=Duty.choices, blank=True, db_default="")
    pending = models.BooleanField(_("待安全管理员确认"), default=False, db_default=False, editable=False)
    takes_over = TenantForeignKey(
        "self", null=True, blank=True, related_name="taken_over_by", verbose_name=_("接替的岗位")
    )

    class Meta:
        verbose_name = _("岗位")
        # That nobody holds two administrators' posts at once is an exclusion constraint in the migration.
        constraints = [
            tenant_key("post"),
            models.CheckConstraint(
                condition=Q(duty="") | Q(role=Role.LEADER),
                name="post_duty_of_leader",
                violation_error_message=_("领导责任只适用于县领导。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "user", "unit", "role", "from_on"],
                name="post_once",
                violation_error_message=_("该用户已在此单位担任同一角色。"),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="post_dates",
                violation_error_message=_("任职止期不能早于任职起期。"),
            ),
        ]
        indexes = [models.Index(fields=["user"], name="post_user")]
