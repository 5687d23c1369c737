import json
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, User, tenant_key
from accounts.statements import short_code
from assessment import canonical
from assessment.choices import SnapshotKind
from projects.models import Period

HEX_OF_A_HASH = r"^[0-9a-f]{64}$"


class Snapshot(TenantModel):
    """公示稿、结果: the frozen rows behind what was published. Append-only; a later one replaces it.

    What a page shows of it comes from ``content`` alone, a canonical text; the insert trigger refuses a
    ``sha256`` that is not its digest. ``objections_until`` is the last day for objections, by the tenant's
    work days (a publicity without one has a reason), ``answer_days`` the work days in which each is
    answered. A result names the publicity that it settles. Actor, post and moment are the trigger's.
    """

    kind = models.CharField(_("种类"), max_length=20, choices=SnapshotKind.choices)
    period = TenantForeignKey(Period, related_name="snapshots", verbose_name=_("填报期"))
    title = models.CharField(_("标题"), max_length=120)
    as_of = models.DateField(_("数据截至"))
    # Without words of their own: the log's readers are told the title, not a text of many rows.
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    published_on = models.DateField(_("公布日期"))
    objections_until = models.DateField(_("异议截止"), null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(_("答复期限（工作日）"), null=True, blank=True)
    publicity = TenantForeignKey(
        "self", null=True, blank=True, related_name="results", verbose_name=_("公示稿")
    )
    replaces = TenantForeignKey(
        "self", null=True, blank=True, related_name="successors", verbose_name=_("更正")
    )
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    post_label = models.CharField(_("岗位"), max_length=120, blank=True, editable=False)
    at = models.DateTimeField(_("时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("公示与结果")
        constraints = [
            tenant_key("snapshot"),
            models.UniqueConstraint(
                fields=["tenant", "period", "kind"],
                condition=Q(replaces__isnull=True),
                name="snapshot_first_once",
                violation_error_message=_("该填报期已经公布过，请用更正。"),
            ),
            models.UniqueConstraint(fields=["tenant", "replaces"], name="snapshot_replaced_once"),
            models.CheckConstraint(
                condition=Q(kind=SnapshotKind.PUBLICITY, publicity__isnull=True, answer_days__isnull=False)
                | Q(
                    kind=SnapshotKind.RESULT,
                    publicity__isnull=False,
                    answer_days__isnull=True,
                    objections_until__isnull=True,
                ),
                name="snapshot_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(objections_until__isnull=True) | Q(objections_until__gt=F("published_on")),
                name="snapshot_time_to_object",
                violation_error_message=_("公示当日不能作为异议截止日。"),
            ),
            models.CheckConstraint(
                condition=Q(answer_days__isnull=True) | Q(answer_days__gte=1, answer_days__lte=60),
                name="snapshot_answer_days",
                violation_error_message=_("答复期限为1至60个工作日。"),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | Q(reason__regex=r"\S"),
                name="snapshot_corrects_with_reason",
                violation_error_message=_("更正已公布的数据应写明理由。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind=SnapshotKind.PUBLICITY, objections_until__isnull=True)
                | Q(reason__regex=r"\S"),
                name="snapshot_skips_objections_with_reason",
                violation_error_message=_("不设公示期的应写明理由。"),
            ),
            models.CheckConstraint(condition=Q(sm3__regex=HEX_OF_A_HASH), name="snapshot_sm3"),
        ]

    def __str__(self):
        return self.title

    @cached_property
    def rows(self) -> dict[str, Any]:
        """What was published, as ``queries.snapshot_rows.gathered`` and the services put it together."""
        return json.loads(self.content)

    @property
    def intact(self) -> bool:
        """Whether the content still is what both digests were made of."""
        made = canonical.sha256_of(self.content), canonical.sm3_of(self.content)
        return made == (self.sha256, self.sm3)

    @property
    def short_code(self) -> str:
        """The code that is printed (校验码)."""
        return short_code(self.sm3)
