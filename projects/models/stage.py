from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, User, tenant_key
from projects.choices import GateKind, LeftBecause, Move, MoveState, Stage
from projects.models.project import Project
from projects.stages import OFF_WAY


class StageChange(TenantModel):
    """阶段变更: a project came to a stage on a day. Going back is a change of its own, never an edit.

    A skip or a step back needs a reason and stands only when a second person has agreed. Who and
    when are the database's own.
    """

    project = TenantForeignKey(Project, related_name="stage_changes", verbose_name=_("项目"))
    before = models.CharField(_("原阶段"), max_length=20, choices=Stage.choices, blank=True)
    after = models.CharField(_("新阶段"), max_length=20, choices=Stage.choices)
    move = models.CharField(_("方式"), max_length=10, choices=Move.choices)
    status = models.CharField(_("状态"), max_length=10, choices=MoveState.choices)
    happened_on = models.DateField(_("日期"))
    note = models.TextField(_("说明"), blank=True)
    reason = models.TextField(_("理由"), blank=True)
    # Of a move off the way; empty where it was recorded before there were kinds.
    code = models.CharField(
        _("中断原因"), max_length=20, choices=LeftBecause.choices, default="", db_default="", blank=True
    )
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("登记人")
    )
    entered_at = models.DateTimeField(_("登记时间"), null=True, editable=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("确认人")
    )
    decided_at = models.DateTimeField(_("确认时间"), null=True, editable=False)
    answer = models.CharField(_("确认意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("阶段变更")
        constraints = [
            tenant_key("stagechange"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="stagechange_moves"),
            models.CheckConstraint(
                condition=~Q(move__in=[Move.SKIP, Move.BACK]) | ~Q(reason=""),
                name="stagechange_reason",
                violation_error_message=_("跨阶段推进或回退须写明理由。"),
            ),
            models.CheckConstraint(
                condition=Q(move__in=[Move.BEGIN, Move.FORWARD])
                | ~Q(status=MoveState.EFFECTIVE)
                | Q(decided_by__isnull=False),
                name="stagechange_second_person",
            ),
            models.CheckConstraint(
                condition=Q(code="") | Q(after__in=OFF_WAY),
                name="stagechange_code",
                violation_error_message=_("只有中止、终止、失联才选择中断原因。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "project"],
                condition=Q(status=MoveState.WAITING),
                name="stagechange_one_waits",
                violation_error_message=_("该项目已有一次阶段变更等待确认。"),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "project"], name="stagechange_project")]

    def __str__(self):
        return f"{self.get_before_display()} → {self.get_after_display()}"


class Gate(TenantModel):
    """阶段条件: what a project must have before it enters a stage, from a day on until another.

    ``item`` is one of ``stages.ITEMS`` of its kind. A rule that ends keeps its row.
    """

    stage = models.CharField(_("进入阶段"), max_length=20, choices=Stage.choices)
    kind = models.CharField(_("条件类型"), max_length=10, choices=GateKind.choices)
    item = models.CharField(_("条件"), max_length=20)
    valid_from = models.DateField(_("生效日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("阶段条件")
        constraints = [
            tenant_key("gate"),
            models.UniqueConstraint(
                fields=["tenant", "stage", "kind", "item", "valid_from"],
                name="gate_once",
                violation_error_message=_("这一条件当日已设置。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="gate_dates",
                violation_error_message=_("停用日期不能早于生效日期。"),
            ),
        ]
