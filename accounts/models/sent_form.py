from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.tenant import TenantModel, tenant_key
from accounts.models.user import User


class SentForm(TenantModel):
    """已提交的表单: what a form was answered with, so that sending it again writes nothing.

    No fact: it is swept by age and leaves no line in the change log. ``digest`` tells the same
    entries from other ones without keeping them.
    """

    user = models.ForeignKey(User, models.PROTECT, db_index=False, related_name="+")
    key = models.UUIDField()
    digest = models.CharField(max_length=64)
    answer = models.CharField(_("提交后的页面"), max_length=2000, blank=True)
    at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("已提交的表单")
        constraints = [
            tenant_key("sentform"),
            models.UniqueConstraint(fields=["tenant", "user", "key"], name="sentform_once"),
        ]
        indexes = [models.Index(fields=["tenant", "user", "at"], name="sentform_age")]
