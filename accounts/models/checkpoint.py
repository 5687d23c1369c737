from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import statements
from accounts.models.tenant import TenantModel, tenant_key


class Checkpoint(TenantModel):
    """校验点: the signed statement of where the tenant's chain stood on a day. Added once, never changed.

    It stands outside the change log: it speaks of the log, and what protects it is its signature and the
    copies that others keep. ``day`` and ``pos`` repeat the text, for lists.
    """

    day = models.DateField(_("日期"))
    pos = models.BigIntegerField(_("序号"))
    text = models.TextField(_("声明"))
    public_key = models.CharField(_("公钥"), max_length=64)

    class Meta:
        verbose_name = _("校验点")
        constraints = [
            tenant_key("checkpoint"),
            models.UniqueConstraint(fields=["tenant", "day"], name="checkpoint_day"),
        ]

    @cached_property
    def signed(self) -> statements.Signed | None:
        """The statement and its signature, read from the text; None when somebody has mangled it."""
        try:
            (found,) = statements.read(self.text)
        except ValueError:
            return None
        return found
