"""What of the assessment leaves the portal through the API. Who decided is a post, never a person."""

from rest_framework import serializers

from accounts.serializers import Row
from assessment.choices import Basis, ReasonCode, UnitClass
from assessment.models import Measure, Opinion, Target
from projects.choices import AgreementKind


class OpinionRow(Row):
    """意见. ``code`` is empty where nothing goes against the unit, and on older opinions."""

    code = serializers.ChoiceField(choices=[("", ""), *ReasonCode.choices], read_only=True)

    class Meta:
        model = Opinion
        fields = read_only_fields = (
            "id",
            "claim",
            "step",
            "verdict",
            "accepted",
            "code",
            "reason",
            "supersedes",
            "post_label",
            "at",
        )


class MeasureRow(Row):
    """统计口径."""

    agreement_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=AgreementKind.choices), read_only=True
    )

    class Meta:
        model = Measure
        fields = read_only_fields = (
            "id",
            "name",
            "version",
            "valid_from",
            "line",
            "kind",
            "agreement_kinds",
            "carry_over",
            "zero_threshold",
            "document",
        )


class TargetRow(Row):
    """目标任务. One that another replaces is no longer in force."""

    class Meta:
        model = Target
        fields = read_only_fields = (
            "id",
            "unit",
            "measure",
            "period",
            "amount",
            "issuer",
            "document",
            "issued_on",
            "replaces",
        )


class Amount(serializers.DecimalField):
    """A figure computed from claims, exact."""

    def __init__(self, **kwargs):
        super().__init__(
            max_digits=None, decimal_places=None, read_only=True, coerce_to_string=False, **kwargs
        )

    def to_representation(self, value):
        """The number itself."""
        return value


class Percentage(serializers.CharField):
    """A percentage with two places, as text; null where it cannot be computed."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)


class StandingLine(serializers.Serializer):
    """One unit. ``amount`` is null where nothing is known (未报); zero is a number."""

    unit = serializers.IntegerField(source="unit_id", read_only=True)
    name = serializers.CharField(read_only=True)
    group = serializers.CharField(read_only=True)
    unit_class = serializers.ChoiceField(choices=UnitClass.choices, read_only=True)
    target = Amount(allow_null=True)
    amount = Amount(allow_null=True)
    pending = Amount()
    completion_pct = Percentage(source="completion", allow_null=True)
    ahead_points = Percentage(source="ahead", allow_null=True)
    jurisdiction = serializers.IntegerField(source="jurisdiction_id", allow_null=True, read_only=True)


class StandingTable(serializers.Serializer):
    """任务进度: the jurisdiction's totals (sums over claims, never over credits) and its units."""

    as_of = serializers.DateField(read_only=True)
    basis = serializers.ChoiceField(choices=Basis.choices, read_only=True)
    measure = serializers.IntegerField(source="measure.pk", read_only=True)
    measure_name = serializers.CharField(source="measure.name", read_only=True)
    target = Amount()
    tenant_target = Amount(allow_null=True)
    amount = Amount()
    pending = Amount()
    completion_pct = Percentage(source="completion", allow_null=True)
    schedule_pct = Percentage(source="schedule")
    ahead_points = Percentage(source="ahead", allow_null=True)
    half_year_met = serializers.BooleanField(read_only=True)
    lines = StandingLine(many=True, read_only=True)


class FiguresTable(serializers.Serializer):
    """主要数据: amounts in 万元, counts, and rates in % as text."""

    as_of = serializers.DateField(read_only=True)
    basis = serializers.ChoiceField(choices=Basis.choices, read_only=True)
    projects_introduced = serializers.IntegerField(read_only=True)
    contracts = serializers.IntegerField(read_only=True)
    total_investment_wan = Amount()
    introduced_wan = Amount()
    paid_in_wan = Amount()
    paid_in_new_projects_wan = Amount()
    paid_in_carry_over_wan = Amount()
    paid_in_on_intent_only_wan = Amount()
    carried_over_projects = serializers.IntegerField(read_only=True)
    fund_entries = serializers.IntegerField(read_only=True)
    introduced_task_wan = Amount(allow_null=True)
    contract_share_pct = Percentage(allow_null=True)
    introduced_completion_pct = Percentage(allow_null=True)
    funds_rate_with_carry_over_pct = Percentage(allow_null=True)
    funds_rate_new_projects_pct = Percentage(allow_null=True)
