"""One claim with all that a person needs to judge it: papers, evidence, opinions, the rest of its project."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from accounts.choices import Role
from accounts.models import ChangeRow, Post
from accounts.queries.posts import ActingPost
from accounts.queries.readable import post_text
from accounts.refusals import NotFound
from assessment.choices import Step, Verdict
from assessment.models import DrawnClaim, Opinion
from assessment.queries import draws
from assessment.queries.queue import WAITING
from projects.choices import ClaimKind, ClaimState
from projects.models import Agreement, Claim, Evidence, EvidenceLink, SplitLine
from projects.queries import checklists, lookalikes
from projects.queries.checklists import Checklist
from projects.queries.lookalikes import Again
from projects.queries.visible import ACTS, claims_for, evidence_for

# How much of a project's history is shown beside a claim; the project's own page has all of it.
NEWEST = 20


@dataclass(frozen=True)
class Sheet:
    """A claim and its surroundings, as far as the post may see them.

    ``same_source``: other claims of the same voucher or agreement; ``of_project``: the rest of its
    project, newest first. ``proofs``: its files and what kind of proof each is. ``paid``: what the
    project has claimed as arrived so far, in 万元; ``contract``: its latest signature with a known amount.
    ``entered_in``: the post in which the claim was entered, as the log has it; ``on_behalf`` (代填):
    by the bureau for another unit. ``draws``: the superior's samples that have chosen it.
    ``checklist``: which files the county asks for. ``lookalikes``: files that others use too.
    """

    claim: Claim
    opinions: list[Opinion]
    proofs: list[tuple[Evidence, str]]
    same_source: list[Claim]
    of_project: list[Claim]
    shares: list[SplitLine]
    reversal: Claim | None
    contract: Agreement | None
    paid: Decimal | None
    entered_in: str
    on_behalf: bool
    draws: list[DrawnClaim]
    checklist: Checklist
    lookalikes: list[Again]

    @property
    def evidence(self) -> list[Evidence]:
        return [file for file, _kind in self.proofs]

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Rows whose acts tell what happened to this claim."""
        claim = self.claim
        rows = [
            ("projects_claim", claim.pk),
            *(("assessment_opinion", opinion.pk) for opinion in self.opinions),
        ]
        rows += [("projects_evidence", evidence.pk) for evidence in self.evidence]
        if claim.voucher_id:
            rows.append(("projects_voucher", claim.voucher_id))
        if claim.agreement_id:
            rows.append(("projects_agreement", claim.agreement_id))
        if claim.stage_change_id:
            rows.append(("projects_stagechange", claim.stage_change_id))
        return rows

    @property
    def only(self) -> list[Claim]:
        """The claim as a table of one."""
        return [self.claim]

    def latest(self, step: str) -> Opinion | None:
        """The last opinion given at a step, which a change of mind must name."""
        return next((opinion for opinion in reversed(self.opinions) if opinion.step == step), None)

    @property
    def returned_because(self) -> str:
        """Why the claim was returned to its unit, in the words of the last who did."""
        returned = [opinion.reason for opinion in self.opinions if opinion.verdict == Verdict.RETURN]
        return returned[-1] if returned else ""

    @property
    def superseded(self) -> set[int]:
        """Ids of opinions that a later one changed."""
        return {opinion.supersedes_id for opinion in self.opinions if opinion.supersedes_id}

    @property
    def decided_again(self) -> bool:
        """Whether somebody has spoken after the inspection's first finding; the superior stands aside."""
        steps = [opinion.step for opinion in self.opinions if opinion.step != Step.SUPERIOR]
        return Step.INSPECTION in steps[:-1]

    @property
    def open_for_opinions(self) -> bool:
        return self.claim.booked_in.opinions_closed_at is None

    @property
    def waits_for_inspection(self) -> bool:
        """Whether the inspection's queue has it, unless the county's own procedure says otherwise."""
        return self.open_for_opinions and self.claim.state in WAITING[Step.INSPECTION]

    @property
    def may_be_changed(self) -> bool:
        """Whether the inspection's finding may still be changed: given, open, and no reversal itself."""
        return (
            self.claim.state in (ClaimState.INSPECTED, ClaimState.DECIDED)
            and self.open_for_opinions
            and self.claim.reverses_id is None
            and self.latest(Step.INSPECTION) is not None
        )


def one(post: ActingPost, claim_id: int) -> Claim:
    """A claim that the post may see, with the names around it. One query. Raises NotFound."""
    claim = _with_names(claims_for(post).filter(pk=claim_id)).first()
    if claim is None:
        raise NotFound("没有这笔申报。")
    return claim


def sheet(post: ActingPost, claim_id: int) -> Sheet:
    """The sheet of a claim that the post may see. A fixed number of queries. Raises NotFound."""
    claim = one(post, claim_id)
    visible = _with_names(claims_for(post)).order_by("-happened_on", "-pk")
    source = Q(**{claim.source: getattr(claim, f"{claim.source}_id")})
    # A visit or a lead may be of no project: then there is no rest of it.
    project = {"project": claim.project_id, "project__isnull": False}
    paid = Claim.objects.filter(**project, kind=ClaimKind.PAID_IN)
    signed = Agreement.objects.filter(**project, introduced_wan__isnull=False)
    return Sheet(
        claim=claim,
        opinions=list(claim.opinions.select_related("actor").order_by("pk")),
        proofs=_proofs(post, claim),
        same_source=list(visible.filter(source).exclude(pk=claim.pk)),
        of_project=list(visible.filter(**project).exclude(source)[:NEWEST]),
        shares=_shares(claim),
        reversal=claim.reversals.first(),
        contract=signed.order_by("-signed_on", "-pk").first(),
        paid=paid.aggregate(total=Sum("reported"))["total"],
        entered_in=_entered_in(claim),
        on_behalf=_on_behalf(claim),
        draws=draws.of_claim(post, claim),
        checklist=checklists.of_claims([claim]).get(claim.pk, Checklist()),
        lookalikes=lookalikes.of_claims(post, [claim]).get(claim.pk, []),
    )


def _entered_in(claim: Claim) -> str:
    """The post in which the claim was entered, in words; empty where the log has none."""
    line = ChangeRow.objects.filter(table=Claim._meta.db_table, row=claim.pk, op="I")
    label = line.values_list("change__post_label", flat=True).first()
    return post_text(label or "")


def _on_behalf(claim: Claim) -> bool:
    """Whether somebody of the bureau who never was of the claim's unit entered it."""
    held = list(Post.objects.filter(user=claim.entered_by_id).values_list("unit_id", "role"))
    return any(role == Role.BUREAU for _unit, role in held) and claim.unit_id not in {
        unit for unit, _role in held
    }


def _with_names(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    return claims.select_related(
        "unit",
        "project__enterprise",
        "voucher__payer",
        "agreement",
        *ACTS,
        "booked_in__period",
        "split",
        "entered_by",
    )


def _proofs(post: ActingPost, claim: Claim) -> list[tuple[Evidence, str]]:
    """Files of what the claim is about, with kinds; a stage is proved by its project's, a lead by none."""
    links = links_of(claim).filter(evidence__in=evidence_for(post)).select_related("evidence")
    kinds: dict[Evidence, list[str]] = {}
    for link in links.order_by("evidence", "pk"):
        kinds.setdefault(link.evidence, []).append(str(link.get_kind_display() if link.kind else ""))
    return [(file, "、".join(filter(None, told))) for file, told in kinds.items()]


def links_of(claim: Claim) -> QuerySet[EvidenceLink]:
    """What binds files to the act of a claim."""
    if claim.proved_by is None:
        return EvidenceLink.objects.none()
    of, key = claim.proved_by
    return EvidenceLink.objects.filter(**{f"{of}_id": key})


def _shares(claim: Claim) -> list[SplitLine]:
    if claim.split_id is None:
        return []
    lines = SplitLine.objects.filter(split=claim.split_id, kind=claim.kind)
    return list(lines.select_related("unit").order_by("-share", "unit__sort_key", "pk"))
