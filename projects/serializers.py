"""What of the ledger leaves the portal through the API. No personal name, no name of a file."""

from rest_framework import serializers

from accounts.serializers import Row
from projects.choices import COUNTED, Channel, ClaimKind, Stage
from projects.models import Agreement, Claim, Enterprise, Period, Project, Return, Split, SplitLine, Voucher
from projects.queries import returns


class EnterpriseRow(Row):
    """企业."""

    class Meta:
        model = Enterprise
        fields = read_only_fields = ("id", "name", "credit_code", "division")


class ProjectRow(Row):
    """项目. ``stage`` and ``channel`` are empty while nothing was recorded."""

    channel = serializers.ChoiceField(choices=[("", ""), *Channel.choices], read_only=True)
    stage = serializers.ChoiceField(choices=[("", ""), *Stage.choices], read_only=True)

    class Meta:
        model = Project
        fields = read_only_fields = (
            "id",
            "name",
            "line",
            "enterprise",
            "unit",
            "host_unit",
            "parent",
            "industry",
            "channel",
            "stage",
            "year_introduced",
        )


class AgreementRow(Row):
    """协议."""

    class Meta:
        model = Agreement
        fields = read_only_fields = (
            "id",
            "project",
            "kind",
            "signed_on",
            "total_wan",
            "introduced_wan",
            "fixed_assets_wan",
            "supersedes",
        )


class VoucherRow(Row):
    """凭证."""

    class Meta:
        model = Voucher
        fields = read_only_fields = ("id", "kind", "number", "payer", "dated_on", "face_wan", "division")


class ClaimRow(Row):
    """申报, with its four figures side by side; null is unknown, which zero is not.

    ``quantity_unit`` says what the figures count: "wan" is 万元, "count" pieces.
    """

    period = serializers.IntegerField(source="booked_in.period_id", read_only=True)
    late = serializers.BooleanField(read_only=True)
    quantity_unit = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields = read_only_fields = (
            "id",
            "unit",
            "booked_in",
            "period",
            "project",
            "kind",
            "quantity_unit",
            "voucher",
            "agreement",
            "visit",
            "lead",
            "stage_change",
            "happened_on",
            "late",
            "reported",
            "reviewed",
            "verified",
            "superior",
            "state",
            "split",
            "reverses",
            "replaces",
            "entered_at",
        )

    def get_quantity_unit(self, claim: Claim) -> str:
        """What the figures count."""
        return "count" if ClaimKind(claim.kind) in COUNTED else "wan"


class SplitLineRow(serializers.ModelSerializer):
    """One unit's share of the claims of one kind; 1 is all."""

    class Meta:
        model = SplitLine
        fields = read_only_fields = ("unit", "kind", "share")


class SplitRow(Row):
    """分成协议 with its shares."""

    lines = SplitLineRow(many=True, read_only=True)

    class Meta:
        model = Split
        fields = read_only_fields = ("id", "project", "document", "agreed_on", "double_credit", "lines")


class PeriodRow(Row):
    """填报期."""

    class Meta:
        model = Period
        fields = read_only_fields = (
            "id",
            "kind",
            "name",
            "starts_on",
            "ends_on",
            "filed",
            "opens_on",
            "due_on",
            "closes_on",
            "reports_closed_at",
            "closed_at",
        )


class ReturnRow(Row):
    """报表 with its state: not_reported 未报, zero 零报告, reported 已报, not_applicable 不适用."""

    state = serializers.SerializerMethodField()
    entries = serializers.IntegerField(read_only=True)

    class Meta:
        model = Return
        fields = read_only_fields = (
            "id",
            "unit",
            "period",
            "state",
            "entries",
            "submitted_at",
            "submitted_on",
            "on_behalf",
            "confirmed_at",
            "reports_closed_at",
            "opinions_closed_at",
            "reopened_until",
            "seal",
        )

    def get_state(self, filed: Return) -> str:
        """One of four, which never fall together."""
        return returns.state_of(filed)
