from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, TenantForeignKey, TenantModel, tenant_key
from assessment.choices import OPTIONAL, NoticeKind


class Mailbox(TenantModel):
    """电子邮箱: where the notices of a post are sent beside the inbox. Empty: nowhere, as without a row.

    ``muted`` are the kinds that come to the inbox alone, none of them mandatory (必发).
    """

    post = TenantForeignKey(Post, related_name="mailboxes", verbose_name=_("岗位"))
    address = models.EmailField(_("电子邮箱"), max_length=120, blank=True)
    muted = ArrayField(
        models.CharField(max_length=20, choices=NoticeKind.choices),
        verbose_name=_("不发邮件的事项"),
        default=list,
        db_default=[],
        blank=True,
    )

    class Meta:
        verbose_name = _("电子邮箱")
        constraints = [
            tenant_key("mailbox"),
            models.UniqueConstraint(fields=["tenant", "post"], name="mailbox_of_post"),
            models.CheckConstraint(
                condition=Q(muted__contained_by=[kind.value for kind in OPTIONAL]),
                name="mailbox_mandatory",
                violation_error_message=_("必发的事项不能关闭邮件：未破零、未报、督办、督办逾期。"),
            ),
        ]

    def takes(self, kind: str) -> bool:
        """Whether notices of this kind are mailed to this post."""
        return bool(self.address) and kind not in self.muted
