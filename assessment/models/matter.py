from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, User, tenant_key
from assessment.choices import MatterKind, MatterStepKind
from projects.models import Claim, Evidence, Project


class Matter(TenantModel):
    """事项: something that a unit must do by a day. One kind so far, the inspection notice (督办单).

    Append-only: what became of it are its steps. ``year`` and ``number``, the issuing ``office``, who
    issued it and when are filled by the insert trigger. ``due_on`` is the first due day; an extension
    is a step with another.
    """

    kind = models.CharField(_("种类"), max_length=20, choices=MatterKind.choices)
    year = models.PositiveIntegerField(_("年份"), null=True, editable=False)
    number = models.PositiveIntegerField(_("编号"), null=True, editable=False)
    unit = TenantForeignKey(Unit, related_name="matters", verbose_name=_("承办单位"))
    claim = TenantForeignKey(
        Claim, null=True, blank=True, related_name="matters", verbose_name=_("涉及的申报")
    )
    project = TenantForeignKey(
        Project, null=True, blank=True, related_name="matters", verbose_name=_("涉及的项目")
    )
    title = models.CharField(_("事由"), max_length=80)
    text = models.TextField(_("督办要求"))
    issued_on = models.DateField(_("下达日期"))
    due_on = models.DateField(_("办结期限"))
    office = TenantForeignKey(
        Unit, null=True, editable=False, related_name="matters_issued", verbose_name=_("下达单位")
    )
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("下达人")
    )
    issued_at = models.DateTimeField(_("下达时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("督办单")
        constraints = [
            tenant_key("matter"),
            models.UniqueConstraint(fields=["tenant", "kind", "year", "number"], name="matter_number"),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(project__isnull=True), name="matter_one_subject"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("issued_on")),
                name="matter_due_later",
                violation_error_message=_("办结期限不能早于下达日期。"),
            ),
            models.CheckConstraint(
                condition=Q(title__regex=r"\S") & Q(text__regex=r"\S"),
                name="matter_words",
                violation_error_message=_("请写明事由和督办要求。"),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "unit"], name="matter_unit"),
            models.Index(fields=["tenant", "claim"], name="matter_claim"),
            models.Index(fields=["tenant", "project"], name="matter_project"),
        ]

    def __str__(self):
        return f"督办〔{self.year}〕{self.number}号"


class MatterStep(TenantModel):
    """办理经过: one step in the course of a matter, in order. Append-only.

    Who may take it and when is the insert trigger's to say, which also fills who took it in which post
    and at what moment. ``happened_on`` is the business day; ``due_on`` the new due day of an extension;
    ``evidence`` a file that a reply points at.
    """

    matter = TenantForeignKey(Matter, related_name="steps", verbose_name=_("督办单"))
    kind = models.CharField(_("步骤"), max_length=20, choices=MatterStepKind.choices)
    text = models.TextField(_("内容"))
    due_on = models.DateField(_("延至"), null=True, blank=True)
    evidence = TenantForeignKey(
        Evidence, null=True, blank=True, related_name="matter_steps", verbose_name=_("佐证材料")
    )
    happened_on = models.DateField(_("日期"))
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("办理人")
    )
    post_label = models.CharField(_("岗位"), max_length=120, editable=False)
    at = models.DateTimeField(_("时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("督办办理")
        constraints = [
            tenant_key("matterstep"),
            models.CheckConstraint(
                condition=Q(kind=MatterStepKind.EXTEND, due_on__isnull=False)
                | ~Q(kind=MatterStepKind.EXTEND) & Q(due_on__isnull=True),
                name="matterstep_due",
            ),
            models.CheckConstraint(
                condition=Q(kind=MatterStepKind.REPLY) | Q(evidence__isnull=True),
                name="matterstep_evidence",
            ),
            models.CheckConstraint(
                condition=Q(text__regex=r"\S"),
                name="matterstep_words",
                violation_error_message=_("请写明内容或理由。"),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "matter"], name="matterstep_matter")]
