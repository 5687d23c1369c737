from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import lists
from accounts.models.tenant import TenantForeignKey, TenantModel, tenant_key
from accounts.models.user import Post


class SavedFilter(TenantModel):
    """常用筛选: the address of a list with its filter, under a name that its post gave it.

    A bookmark and no right: what it shows is decided by the rights of whoever opens it. ``shared``:
    everybody who acts in a post of the same unit sees it (供本单位使用). Without ``__str__``: the change
    log's pages would show the name.
    """

    post = TenantForeignKey(Post, related_name="saved_filters", verbose_name=_("岗位"))
    name = models.CharField(_("名称"), max_length=30)
    address = models.CharField(_("列表地址"), max_length=lists.LONGEST)
    shared = models.BooleanField(_("供本单位使用"), default=False, db_default=False)

    class Meta:
        verbose_name = _("常用筛选")
        constraints = [
            tenant_key("savedfilter"),
            models.UniqueConstraint(fields=["tenant", "post", "name"], name="savedfilter_name"),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S"),
                name="savedfilter_named",
                violation_error_message=_("请填写名称。"),
            ),
            # A path of the portal: no scheme, no host ("//host"), nothing that a browser takes for one.
            models.CheckConstraint(
                condition=Q(address__regex=r"^/[a-z]"),
                name="savedfilter_of_portal",
                violation_error_message=_("只能保存本系统列表页的筛选。"),
            ),
        ]

    @property
    def list_name(self) -> str:
        """Key of the list in ``accounts.lists``; empty when the portal no longer has it."""
        try:
            return lists.list_at(self.address.partition("?")[0])
        except lists.NoList:
            return ""
