from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, tenant_key
from projects.choices import EvidenceKind, MediaType, VoucherKind
from projects.models.agreement import Agreement
from projects.models.enterprise import Enterprise
from projects.models.period import Return
from projects.models.project import Project
from projects.models.sources import exactly_one
from projects.models.visit import Visit

# Pictures look alike when no more of the 1,024 points of their likeness differ (``services/likeness.py``).
MOST_DIFFERING = 36


class Voucher(TenantModel):
    """凭证: a paper that proves money, known by kind, number and payer. Its face bounds its claims."""

    kind = models.CharField(_("凭证类型"), max_length=30, choices=VoucherKind.choices)
    number = models.CharField(_("凭证号"), max_length=60)
    payer = TenantForeignKey(Enterprise, related_name="vouchers", verbose_name=_("付款方"))
    dated_on = models.DateField(_("凭证日期"))
    face_wan = models.DecimalField(_("面额（万元）"), max_digits=20, decimal_places=6)
    division = models.CharField(_("资金来源地"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("凭证")
        constraints = [
            tenant_key("voucher"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "number", "payer"],
                name="voucher_once",
                violation_error_message=_("该凭证（类型、号码、付款方）已登记。"),
            ),
            models.CheckConstraint(
                condition=Q(face_wan__gt=0),
                name="voucher_face_positive",
                violation_error_message=_("面额必须大于零。"),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "number"], name="voucher_number")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"


class Evidence(TenantModel):
    """佐证材料: a file, known by the hash of the bytes that arrived. Its stored name is the hash.

    ``scanned``: whether the scanner found those bytes clean when they first arrived.
    ``likeness``: of a photo, in hexadecimal; null is unknown and says nothing. ``resembles``: the earliest
    picture before it that looks the same, in ``differing`` of 1,024 points another. The bytes never
    change, so all three are written once, when they arrive. Nobody has named them for people: they may
    tell of another unit's file, and only ``queries/lookalikes.py`` says to whom.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64)
    stored_sha256 = models.CharField(_("存储文件SHA-256"), max_length=64)
    original_name = models.CharField(_("原文件名"), max_length=200)
    media_type = models.CharField(_("类型"), max_length=80, choices=MediaType.choices)
    size = models.PositiveIntegerField(_("大小（字节）"))
    scanned = models.BooleanField(
        _("查毒"), default=False, db_default=False, choices=[(True, _("已查毒")), (False, _("未查毒"))]
    )
    likeness = models.CharField(max_length=256, null=True, editable=False)
    resembles = TenantForeignKey("self", null=True, editable=False, related_name="lookalikes")
    differing = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("佐证材料")
        constraints = [
            tenant_key("evidence"),
            models.UniqueConstraint(fields=["tenant", "sha256"], name="evidence_once"),
            models.CheckConstraint(
                condition=Q(likeness__isnull=True) | Q(likeness__regex="^([0-9a-f]{64}){4}$"),
                name="evidence_likeness_whole",
            ),
            # What resembles has a likeness itself, and looks back: a picture never resembles a later one.
            models.CheckConstraint(
                condition=Q(resembles__isnull=True, differing__isnull=True)
                | Q(
                    likeness__isnull=False,
                    resembles__isnull=False,
                    resembles__lt=F("id"),
                    differing__isnull=False,
                    differing__lte=MOST_DIFFERING,
                ),
                name="evidence_resembles_an_earlier",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "resembles"], name="evidence_resembles")]

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it: pictures are drawn anew when they arrive."""
        return self.media_type in (MediaType.JPEG, MediaType.PNG)

    @property
    def is_pdf(self) -> bool:
        """Whether its pages can be shown as pictures."""
        return self.media_type == MediaType.PDF

    @property
    def bears_watermark(self) -> bool:
        """Whether its copies are marked; on Word and Excel a mark would be a word to delete."""
        return self.is_picture or self.is_pdf


# What a file proves something of; the scan of a Return proves none of these.
PAPERS = ("voucher", "agreement", "project", "visit")


class EvidenceLink(TenantModel):
    """One use of a file: proof of a paper, a visit, something about a project, or a Return as stamped."""

    evidence = TenantForeignKey(Evidence, related_name="links")
    voucher = TenantForeignKey(Voucher, null=True, blank=True, related_name="evidence_links")
    agreement = TenantForeignKey(Agreement, null=True, blank=True, related_name="evidence_links")
    project = TenantForeignKey(Project, null=True, blank=True, related_name="evidence_links")
    visit = TenantForeignKey(Visit, null=True, blank=True, related_name="evidence_links")
    of_return = TenantForeignKey(Return, null=True, blank=True, related_name="evidence_links")
    kind = models.CharField(
        _("材料种类"), max_length=20, choices=EvidenceKind.choices, default="", db_default="", blank=True
    )

    class Meta:
        verbose_name = _("佐证关联")
        constraints = [
            tenant_key("evidencelink"),
            models.UniqueConstraint(
                fields=[
                    "tenant",
                    "evidence",
                    "voucher",
                    "agreement",
                    "project",
                    "visit",
                    "of_return",
                    "kind",
                ],
                name="evidencelink_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=exactly_one("voucher", "agreement", "project", "visit", "of_return"),
                name="evidencelink_one_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "voucher"], name="evidencelink_voucher"),
            models.Index(fields=["tenant", "agreement"], name="evidencelink_agreement"),
            models.Index(fields=["tenant", "project"], name="evidencelink_project"),
            models.Index(fields=["tenant", "of_return"], name="evidencelink_return"),
        ]

    @property
    def paper(self) -> tuple[str, int]:
        """What it binds its file to, one of ``PAPERS`` by name and id; not of a Return's scan."""
        return next((name, key) for name in PAPERS if (key := getattr(self, f"{name}_id")))
