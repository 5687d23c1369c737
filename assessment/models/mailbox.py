from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, TenantForeignKey, TenantModel, tenant_key


class Mailbox(TenantModel):
    """电子邮箱: where the notices of a post are sent beside the inbox. Empty: nowhere, as without a row."""

    post = TenantForeignKey(Post, related_name="mailboxes", verbose_name=_("岗位"))
    address = models.EmailField(_("电子邮箱"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("电子邮箱")
        constraints = [
            tenant_key("mailbox"),
            models.UniqueConstraint(fields=["tenant", "post"], name="mailbox_of_post"),
        ]
