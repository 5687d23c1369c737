"""What waits for an opinion, what speaks against a quick one, and who may not give it."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, Exists, F, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from accounts.choices import Role
from accounts.queries.posts import ActingPost
from assessment.choices import Step
from assessment.models import Opinion, Procedure
from assessment.queries import mismatch
from assessment.queries.procedures import steps_beside
from assessment.queries.risk import risks_of
from projects.choices import ClaimKind, ClaimState
from projects.models import Agreement, Claim, Voucher
from projects.queries import checklists, lookalikes
from projects.queries.visible import ACTS, claims_for
from projects.rules import USUAL_SHARE_OF_CONTRACT
from projects.sheets.cells import plain

WAITING = {
    Step.FIRST_REVIEW: (ClaimState.SUBMITTED,),
    Step.INSPECTION: (ClaimState.FIRST_REVIEWED, ClaimState.DOUBTED),
    Step.UNIT: (ClaimState.RETURNED,),
}
# Where a procedure of the county may let a claim wait besides; ``sec.may_follow`` says for each.
UNDER_PROCEDURE = {
    Step.COMPLETENESS: (ClaimState.SUBMITTED,),
    Step.FIRST_REVIEW: (ClaimState.SUBMITTED, ClaimState.COMPLETE),
    Step.INSPECTION: (
        ClaimState.FIRST_REVIEWED,
        ClaimState.DOUBTED,
        ClaimState.SUBMITTED,
        ClaimState.COMPLETE,
    ),
    Step.JOINT: (ClaimState.INSPECTED,),
}
# A step that an office gives beside its own where the county's procedure asks for it.
BESIDE = {Role.BUREAU: Step.COMPLETENESS, Role.INSPECTION: Step.JOINT}
# The bureau passes its own house's claims on from either of its steps.
SKIPPED_FROM = (Step.COMPLETENESS, Step.FIRST_REVIEW)
STEP_OF_ROLE = {
    Role.BUREAU: Step.FIRST_REVIEW,
    Role.INSPECTION: Step.INSPECTION,
    Role.REPORTER: Step.UNIT,
    Role.HEAD: Step.UNIT,
    Role.SUPERIOR: Step.SUPERIOR,
}


@dataclass(frozen=True)
class Left:
    """A claim that was left to people, and why."""

    claim: Claim
    why: str


@dataclass
class SortedOut:
    """A queue parted into what may be accepted at once, the bureau's own, and what needs a look."""

    clean: list[Claim] = field(default_factory=list)
    own: list[Claim] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def waiting(post: ActingPost, step: str) -> QuerySet[Claim]:
    """Claims that wait at this step in submitted Returns that are open for opinions, oldest due first."""
    claims = claims_for(post).filter(booked_in__opinions_closed_at__isnull=True)
    claims = claims.filter(_states(Step(step)))
    if step == Step.UNIT:
        claims = claims.filter(unit_id=post.unit_id)
    else:
        claims = claims.filter(entered_at__lte=F("booked_in__submitted_at"))
    return claims.select_related(
        "unit", "project__enterprise", "voucher__payer", "agreement", *ACTS, "booked_in__period", "split"
    ).order_by("booked_in__period__due_on", "unit__sort_key", "pk")


def _states(step: Step) -> Q:
    """The claims that may take this step, by their states; by their procedures where the county has any."""
    usual = Q(state__in=WAITING.get(step, ()))
    if step == Step.UNIT:
        return usual
    ruled = Exists(Procedure.objects.all())
    return (~ruled & usual) | (ruled & Q(_may_take(step), state__in=UNDER_PROCEDURE[step]))


def _may_take(*steps: Step) -> RawSQL:
    """The database's own rule, asked of each row of claims: not for a sub-query, which renames the table."""
    asked = " OR ".join("sec.may_follow(%s, 'accept', projects_claim)" for _step in steps)
    return RawSQL(f"({asked})", list(steps), BooleanField())  # noqa: S611 -- fixed text


def bureau_holds() -> Q:
    """Whether a claim waits for the bureau: for one of its steps, not for an inspection office."""
    ruled = Exists(Procedure.objects.all())
    own = _may_take(Step.COMPLETENESS, Step.FIRST_REVIEW)
    return (~ruled & Q(state=ClaimState.SUBMITTED)) | (ruled & Q(own))


def steps_of(post: ActingPost) -> list[Step]:
    """The steps at which this post has a queue, its own first. One query."""
    own = STEP_OF_ROLE[Role(post.role)]
    beside = BESIDE.get(Role(post.role))
    return [own, beside] if beside in steps_beside() else [own]


def sort_out(claims: QuerySet[Claim], *, post: ActingPost, step: str) -> SortedOut:
    """Clean claims, the bureau's own (to be skipped), and those left with a reason. A few queries in all.

    Of high risk, like doubtful ones, are left to people: a batch is for what nobody needs to look at.
    """
    rows = list(claims)
    doubts = doubts_on(post, rows)
    risks = risks_of(rows, doubts)
    conflicts = conflicts_of(post, rows, step)
    result = SortedOut()
    for claim in rows:
        if claim.pk in conflicts:
            if step in SKIPPED_FROM and conflicts[claim.pk] == HOUSE:
                result.own.append(claim)
            else:
                result.left.append(Left(claim, CONFLICT_WORDS[conflicts[claim.pk]]))
        elif claim.pk in doubts:
            result.left.append(Left(claim, "；".join(doubts[claim.pk])))
        elif risks[claim.pk].high:
            result.left.append(Left(claim, f"风险较高，须逐笔核实。{risks[claim.pk].words}"))
        else:
            result.clean.append(claim)
    return result


HOUSE, INTEREST, OWN, SIGNED = "house", "interest", "own", "signed"
CONFLICT_WORDS = {
    HOUSE: "回避：与本单位有利害关系，须由其他督查室核实",
    INTEREST: "回避：与本人任职的单位有利害关系，须由其他人员核实",
    OWN: "回避：由本人登记，须由其他人员核实",
    SIGNED: "由本督查室核实，须由另一督查室会签",
}


def conflicts_of(post: ActingPost, claims: list[Claim], step: str) -> dict[int, str]:
    """By claim id why the person may not decide, as the database enforces it (I4). Two queries at most.

    SIGNED: to be signed for by the office that did not inspect it;
    HOUSE: the unit of the post acted in has an interest (the bureau skips such claims);
    INTEREST: another post's unit has; OWN: entered by this person.
    """
    if not claims:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, CASE WHEN i.house THEN %s WHEN i.interest THEN %s ELSE %s END"
            " FROM projects_claim c, LATERAL (SELECT"
            " %s IN (SELECT unit_id FROM sec.interested_units(c)) AS house,"
            " sec.has_interest(c, %s) AS interest) i"
            " WHERE c.tenant_id = %s AND c.id = ANY(%s) AND (c.entered_by_id = %s OR i.interest)",
            [
                *(HOUSE, INTEREST, OWN, post.unit_id, post.user_id, claims[0].tenant_id),
                *([claim.pk for claim in claims], post.user_id),
            ],
        )
        found = dict(cursor.fetchall())
    return _inspected_here(post, claims, step) | found


def _inspected_here(post: ActingPost, claims: list[Claim], step: str) -> dict[int, str]:
    """Claims that this post's own office, or this person, has inspected: the joint step is not theirs."""
    if step != Step.JOINT:
        return {}
    given = Opinion.objects.filter(claim__in=claims, step=Step.INSPECTION).order_by("pk")
    latest = {opinion.claim_id: opinion for opinion in given}
    office = f"{post.unit_name}·{post.role}"
    return {
        claim: SIGNED
        for claim, opinion in latest.items()
        if opinion.post_label == office or opinion.actor_id == post.user_id
    }


def doubts_on(post: ActingPost, claims: list[Claim]) -> dict[int, list[str]]:
    """By claim id, what makes a claim unfit for a quick yes, with its arithmetic. Ten queries at most.

    That a file of it proves something of others too is told to those who read the county.
    """
    doubts: dict[int, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.state == ClaimState.DOUBTED:
            doubts[claim.pk].append("上一步存疑")
        if claim.reverses_id or claim.replaces_id:
            doubts[claim.pk].append("冲销或更正，须逐笔核实")
    _doubt_shared_numbers(claims, doubts)
    _doubt_money_above_contract(claims, doubts)
    for claim_id, doubt in mismatch.doubts_on(claims).items():
        doubts[claim_id].append(doubt)
    _doubt_lacking_files(claims, doubts)
    for claim_id, doubt in lookalikes.doubts_on(post, claims).items():
        doubts[claim_id].append(doubt)
    return dict(doubts)


def _doubt_shared_numbers(claims: list[Claim], doubts: dict[int, list[str]]) -> None:
    numbers = {claim.voucher.number for claim in claims if claim.voucher}
    payers = defaultdict(set)
    for number, payer in Voucher.objects.filter(number__in=numbers).values_list("number", "payer__name"):
        payers[number].add(payer)
    for claim in claims:
        if claim.voucher and len(names := payers[claim.voucher.number]) > 1:
            among = "、".join(sorted(names))
            doubts[claim.pk].append(f"凭证号 {claim.voucher.number} 出现在 {len(names)} 个付款方：{among}")


def _doubt_money_above_contract(claims: list[Claim], doubts: dict[int, list[str]]) -> None:
    projects = {claim.project_id for claim in claims if claim.kind == ClaimKind.PAID_IN}
    paid = dict(
        Claim.objects.filter(project__in=projects, kind=ClaimKind.PAID_IN)
        .values("project_id")
        .annotate(total=Sum("reported"))
        .values_list("project_id", "total")
    )
    # Later signatures overwrite earlier ones: the last known amount is the contract.
    introduced = dict(
        Agreement.objects.filter(project__in=projects, introduced_wan__isnull=False)
        .order_by("signed_on", "pk")
        .values_list("project_id", "introduced_wan")
    )
    for claim in claims:
        if claim.kind != ClaimKind.PAID_IN or claim.project_id is None:
            continue
        limit, total = introduced.get(claim.project_id), paid.get(claim.project_id)
        if limit is None or total is None:
            continue
        if total > limit * USUAL_SHARE_OF_CONTRACT:
            doubts[claim.pk].append(
                f"累计到位 {plain(total)} 万元，"
                f"超过协议引资额 {plain(limit)} 万元的 {USUAL_SHARE_OF_CONTRACT} 倍"
            )


def _doubt_lacking_files(claims: list[Claim], doubts: dict[int, list[str]]) -> None:
    """Files that the county insists on; what it only recommends is told beside the evidence."""
    for claim_id, checklist in checklists.of_claims(claims).items():
        if lacking := checklist.lacking_musts:
            names = "、".join(item.words for item in lacking)
            doubts[claim_id].append(f"缺少必须的材料 {len(lacking)} 项：{names}")
