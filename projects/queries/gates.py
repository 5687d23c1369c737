"""What a project has and what its next stage asks for (还差 n 项): one answer for pages and the service."""

import datetime as dt

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from projects import stages
from projects.choices import AgreementKind, Stage
from projects.models import Agreement, EvidenceLink, Gate, Project, Visit
from projects.stages import Facts, Required


def with_stage(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with ``stage_now``: the recorded stage, else what signatures say (``stages.stage_of``)."""
    signed = Agreement.objects.filter(project=OuterRef("pk"))
    cases = [
        When(Exists(signed.filter(kind__in=kinds)), then=Value(stage)) for stage, kinds in stages.SIGNED_BY
    ]
    derived = Case(*cases, default=Value(Stage.NEGOTIATING), output_field=CharField())
    return projects.annotate(stage_now=Case(When(stage="", then=derived), default=F("stage")))


def stage_of(project: Project) -> Stage:
    """The stage of one project now. One query, none where a change was recorded."""
    if project.stage:
        return Stage(project.stage)
    return stages.stage_of("", Agreement.objects.filter(project=project).values_list("kind", flat=True))


def gate_of(to: str, *, on: dt.date) -> list[Required]:
    """The conditions of entering a stage that are in force on a day."""
    rows = Gate.objects.filter(stage=to, valid_from__lte=on)
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on)).order_by("pk")
    return [Required(kind, item) for kind, item in rows.values_list("kind", "item").distinct()]


def facts_of(project: Project) -> Facts:
    """What the project has, as gates ask for it. Four queries."""
    filled = {
        "credit_code": project.enterprise.credit_code,
        "industry": project.industry,
        "host_unit": project.host_unit_id,
        "channel": project.channel,
    }
    agreements = Agreement.objects.filter(project=project)
    files = EvidenceLink.objects.filter(
        Q(project=project) | Q(agreement__project=project) | Q(visit__project=project)
    )
    return Facts(
        fields=frozenset(name for name, value in filled.items() if value),
        agreements=_signatures(list(agreements)),
        visits=Visit.objects.filter(Q(project=project) | Q(lead__project=project)).count(),
        evidence=frozenset(files.exclude(kind="").values_list("kind", flat=True)),
    )


def missing(project: Project, to: str, *, on: dt.date) -> list[Required]:
    """What the project still lacks before it may enter a stage."""
    return stages.missing(facts_of(project), gate_of(to, on=on))


def _signatures(agreements: list[Agreement]) -> frozenset[str]:
    found = set()
    for agreement in agreements:
        if agreement.kind in {AgreementKind.INTENT, AgreementKind.FRAMEWORK}:
            found.add("intent")
        if agreement.kind == AgreementKind.CONTRACT:
            # Who has signed the contract needs no intent before it.
            found |= {"intent", "contract"}
            if agreement.total_wan is not None and agreement.introduced_wan is not None:
                found.add("contract_amount")
    return frozenset(found)
