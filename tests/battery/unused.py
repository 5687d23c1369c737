"""Rows that nothing stands on yet, which may still be changed, and keys that one county alone has."""

import datetime as dt
from decimal import Decimal

from accounts.acts import act
from accounts.choices import Role
from accounts.models import Post, Unit
from assessment.models import Objection, Procedure
from projects.choices import (
    AgreementKind,
    CalendarSource,
    ClaimKind,
    Demand,
    EvidenceKind,
    GateKind,
    Move,
    MoveState,
    PeriodKind,
    Stage,
    VoucherKind,
)
from projects.models import (
    Agreement,
    CalendarDay,
    CalendarYear,
    ChecklistItem,
    Enterprise,
    FilingRule,
    Gate,
    HoldRule,
    Lead,
    Project,
    Return,
    Split,
    SplitLine,
    StageChange,
    Voucher,
)
from projects.services import claims, periods
from tests.world import CANARY, County, acting, publicity

DAY = dt.date(2012, 6, 1)


def rows_of(county: County) -> dict[str, int]:
    """Make them, committed; the ids by table of those that may still be changed."""
    mark = CANARY if county.prefix == "b" else ""
    with acting(county.posts["admin"]):
        act("post.add")
        made = {"accounts_post": _taking_over(county)}
    with acting(county.posts["party_inspector"]):
        act("snapshot.publish")
        quarter = periods.ensure(periods.span(PeriodKind.QUARTER, dt.date(2010, 10, 1)), filed=False)
        made["assessment_snapshot"] = publicity(county, quarter, mark).pk
    with acting(county.posts["head"]):
        act("objection.raise")
        made["assessment_objection"] = _unanswered(county, made["assessment_snapshot"], mark)
    with acting(county.posts["clerk"]):
        act("voucher.record")
        _apart(1 if county.prefix == "a" else 2)
        _landed(county)
        _withdrawn(county, mark)
        return {**made, **_papers(county, mark), **_acts(county, mark)}


def _taking_over(county: County) -> int:
    leaving = Post.objects.get(pk=county.posts["other_head"].id)
    who = {"user_id": county.posts["reporter"].user_id, "unit_id": leaving.unit_id, "role": Role.HEAD}
    return Post.objects.create(**who, from_on=dt.date(2013, 1, 1), takes_over=leaving).pk


def _unanswered(county: County, publicity_id: int, mark: str) -> int:
    days = {"raised_on": dt.date(2012, 6, 25), "answer_due": dt.date(2012, 7, 2)}
    about = {"claim_id": county.rows["claim"], "unit_id": county.units["水沟镇"]}
    return Objection.objects.create(publicity_id=publicity_id, reason=f"漏计{mark}", **about, **days).pk


def _papers(county: County, mark: str) -> dict[str, int]:
    firm = Enterprise.objects.get(pk=county.rows["enterprise"])
    project = Project.objects.get(pk=county.rows["project"])
    paper = {"kind": VoucherKind.BANK_SLIP, "payer": firm, "dated_on": DAY, "face_wan": Decimal(9)}
    signed = {"project": project, "kind": AgreementKind.INTENT, "signed_on": DAY}
    agreed = {"project": project, "agreed_on": DAY, "double_credit": True}
    split = Split.objects.create(document=f"第9号{mark}", **agreed)
    SplitLine.objects.create(
        split=split, unit_id=county.units["水沟镇"], kind=ClaimKind.PAID_IN, share=Decimal(1)
    )
    return {
        "projects_voucher": Voucher.objects.create(number=f"ZZ{mark}", **paper).pk,
        "projects_agreement": Agreement.objects.create(**signed).pk,
        "projects_split": split.pk,
    }


def _acts(county: County, mark: str) -> dict[str, int]:
    month = periods.span(PeriodKind.MONTH, dt.date(2012, 7, 1))
    lead = Lead.objects.create(
        unit=Unit.objects.get(name="水沟镇"),
        enterprise_id=county.rows["enterprise"],
        firm_key=f"恒盛公司{mark}",
        content=f"扩建{mark}",
        reported_on=DAY,
        held_until=dt.date(2012, 12, 31),
    )
    return {"projects_lead": lead.pk, "projects_period": periods.ensure(month, filed=False).pk}


def _landed(county: County) -> None:
    """A step that stands and has not been claimed."""
    step = {"before": Stage.SIGNED, "after": Stage.LANDED, "move": Move.FORWARD}
    standing = {"status": MoveState.EFFECTIVE, "happened_on": DAY}
    StageChange.objects.create(project_id=county.rows["office_project"], **step, **standing)


def _withdrawn(county: County, mark: str) -> None:
    """A claim that was taken back at once, so that another may replace it."""
    firm = Enterprise.objects.get(pk=county.rows["enterprise"])
    paper = {"kind": VoucherKind.BANK_SLIP, "payer": firm, "dated_on": DAY, "face_wan": Decimal(9)}
    slip = Voucher.objects.create(number=f"ZX{mark}", **paper)
    booked = Return.objects.get(pk=county.rows["return:水沟镇"])
    about = {"unit": booked.unit, "project": Project.objects.get(pk=county.rows["project"])}
    claim = claims.of_voucher(slip, booked_in=booked, amount=Decimal(9), **about)
    claims.write([claim])
    claims.write([claims.reversal(claim, booked_in=booked)])


def _apart(number: int) -> None:
    """Days and kinds that the counties do not have in common, so that a key of one is free in the other."""
    day = dt.date(2013, 4, number)
    CalendarYear.objects.create(year=2030 + number, source=CalendarSource.WORKBOOK)
    CalendarDay.objects.create(day=day, works=False, name="休")
    FilingRule.objects.create(kind=f"every {number}")
    HoldRule.objects.create(valid_from=day, days=30)
    Procedure.objects.create(kind="", valid_from=day.replace(year=2033))
    Gate.objects.create(stage=Stage.STARTED, kind=GateKind.EVIDENCE, item="land", valid_from=day)
    asked = {"about": VoucherKind.IN_KIND, "kind": EvidenceKind.APPRAISAL, "demand": Demand.ADVISED}
    ChecklistItem.objects.create(**asked, valid_from=day.replace(year=2033))
