"""The world that tests live in: a city and two counties of the same shape, made through the services.

County B is the neighbour that must never be seen: every text of its rows carries ``CANARY``.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO

from django.db import transaction
from django.utils import timezone
from PIL import Image

from accounts import scope
from accounts.acts import act
from accounts.choices import ClientGroup, Role, UnitKind
from accounts.models import GroupMembership, SavedFilter, SentForm, Unit, UnitAlias, UnitGroup
from accounts.queries.posts import ActingPost, own_posts
from accounts.services import checkpoints, clients, units, users
from accounts.tasks import inside
from assessment import canonical
from assessment.choices import (
    Channel,
    DeliveryState,
    ExportKind,
    MatterKind,
    MatterStepKind,
    NoticeLink,
    ObjectionOutcome,
    RuleKind,
    SnapshotKind,
    SourceKind,
)
from assessment.models import (
    Delivery,
    ExportRequest,
    ImportBatch,
    Matter,
    MatterStep,
    Measure,
    Notice,
    Objection,
    OfficialFigure,
    Procedure,
    Rule,
    Snapshot,
    Target,
)
from assessment.services import deliveries, draws, objections, official, opinions
from portal import new_tenant
from projects.choices import (
    AgreementKind,
    ClaimKind,
    Demand,
    Direction,
    EvidenceKind,
    Move,
    MoveState,
    PeriodKind,
    Stage,
    VoucherKind,
)
from projects.models import (
    Agreement,
    ChecklistItem,
    Claim,
    Contact,
    Enterprise,
    Gate,
    HoldRule,
    Lead,
    Period,
    Project,
    Return,
    StageChange,
    StagePlan,
    Visit,
)
from projects.services import claims, periods, returns, splits, vouchers
from projects.services.evidence import Upload

CANARY = "绝密"
TODAY = dt.date(2012, 7, 2)
FROM = dt.date(2012, 1, 1)
PASSWORD = "cadre-2012-login"

# username stem -> (unit, role)
PEOPLE = {
    "reporter": ("水沟镇", Role.REPORTER),
    "head": ("水沟镇", Role.HEAD),
    "other_head": ("城关镇", Role.HEAD),
    "clerk": ("招商局", Role.BUREAU),
    "second_clerk": ("招商局", Role.BUREAU),
    "party_inspector": ("县委督查室", Role.INSPECTION),
    "government_inspector": ("县政府督查室", Role.INSPECTION),
    "leader": ("县政府办", Role.LEADER),
    "auditor": ("系统管理", Role.AUDIT_ADMIN),
}


@dataclass
class County:
    """A county with its people's posts by stem, its units by name and its rows by what they are."""

    tenant_id: int
    code: str
    prefix: str
    posts: dict[str, ActingPost] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    key: str = ""  # of the API client

    def username(self, stem: str) -> str:
        return f"{self.prefix}_{stem}"


@dataclass
class World:
    city: County
    a: County
    b: County


@contextmanager
def acting(post: ActingPost) -> Iterator[ActingPost]:
    """One transaction in this post's scope, as a request or a command opens it."""
    with transaction.atomic(), scope.enter(post.tenant_id, user=post.user_id, post=post.id):
        yield post


@contextmanager
def looking_down(post: ActingPost, county: County) -> Iterator[ActingPost]:
    """One transaction of a superior's post in a county's scope."""
    with (
        transaction.atomic(),
        scope.enter(county.tenant_id, user=post.user_id, post=post.id, kind=scope.SUPERIOR),
    ):
        yield post


def picture(seed: int = 0) -> Upload:
    """A small photo; another seed, another photo."""
    out = BytesIO()
    Image.new("RGB", (8, 8), (seed % 256, seed // 256 % 256, 40)).save(out, "PNG")
    return Upload(f"进账单{seed}.png", out.getvalue())


def load() -> World:
    """Build the world by committed acts. The connection is the application's."""
    city = _tenant("610900", "测试市", "city", None, "city")
    a = _tenant("610901", "甲县", "county", "610900", "a")
    b = _tenant("610902", f"乙县{CANARY}", "county", "610900", "b")
    _people(city, {"officer": ("市招商局", Role.SUPERIOR)})
    for county in (a, b):
        _people(county, PEOPLE)
        _facts(county, "" if county is a else CANARY)
        _draw(city, county)
        _from_outside(county, city.posts["officer"], "" if county is a else CANARY)
    for county in (city, a, b):
        with inside(county.tenant_id):
            county.rows["checkpoint"] = checkpoints.keep(on=TODAY).pk
    return World(city, a, b)


def _tenant(code: str, name: str, level: str, parent: str | None, prefix: str) -> County:
    admin = f"{prefix}_admin"
    tenant = new_tenant.add(
        code=code, name=name, level=level, on=FROM, parent_code=parent, admin=(admin, "管理员", PASSWORD)
    )
    county = County(tenant.pk, code, prefix)
    county.posts["admin"] = _post_of(admin)
    return county


def _post_of(username: str) -> ActingPost:
    user = users.find(username)
    with transaction.atomic(), scope.enter(None, user=user.pk, kind=scope.IDENTITY):
        return own_posts(user.pk, on=TODAY)[0]


UNITS = {
    "招商局": (UnitKind.DEPARTMENT, None),
    "县委办": (UnitKind.DEPARTMENT, None),
    "县委督查室": (UnitKind.OFFICE, "县委办"),
    "县政府办": (UnitKind.DEPARTMENT, None),
    "县政府督查室": (UnitKind.OFFICE, "县政府办"),
    "水沟镇": (UnitKind.TOWN, None),
    "城关镇": (UnitKind.TOWN, None),
    "市招商局": (UnitKind.DEPARTMENT, None),
}


def _people(county: County, people: dict) -> None:
    admin = county.posts["admin"]
    needed = {unit for unit, _role in people.values()} | (
        {"县委办", "县政府办"} if "clerk" in people else set()
    )
    for name, (kind, parent) in UNITS.items():
        if name in needed:
            with acting(admin):
                above = Unit.objects.filter(name=parent).first() if parent else None
                county.units[name] = units.add(post=admin, name=name, kind=kind, parent=above).pk
    for stem, (unit, role) in people.items():
        with acting(admin):
            users.appoint(
                post=admin,
                username=county.username(stem),
                name=f"{county.prefix}{stem}",
                unit=Unit.objects.get(name=unit),
                role=role,
                password=PASSWORD,
                on=FROM,
            )
        county.posts[stem] = _post_of(county.username(stem))


def _facts(county: County, mark: str) -> None:
    """At least one row in every table, and one claim at each stage of the chain."""
    clerk = county.posts["clerk"]
    rows = county.rows
    rows["client"] = _client(county, mark)
    with acting(clerk):
        act("target.issue")
        town = Unit.objects.get(name="水沟镇")
        year = periods.ensure(periods.span(PeriodKind.YEAR, FROM), filed=False)
        measure = Measure.objects.get(name="到位资金")
        rows["measure"] = measure.pk
        rows["target"] = Target.objects.create(
            unit=town, measure=measure, period=year, amount=Decimal(10000), document=f"县发〔2012〕6号{mark}"
        ).pk
        group = UnitGroup.objects.create(code="town", name=f"镇{mark}")
        rows["group"] = group.pk
        rows["membership"] = GroupMembership.objects.create(unit=town, group=group, from_on=FROM).pk
        rows["alias"] = UnitAlias.objects.create(unit=town, name=f"水沟{mark}").pk
    with acting(clerk):
        period = periods.open_period(post=clerk, kind=PeriodKind.HALF, starts_on=FROM)
        rows["period"] = period.pk
        for return_ in Return.objects.select_related("unit"):
            rows[f"return:{return_.unit.name}"] = return_.pk
    with acting(clerk):
        change = act("workbook.load", reason=f"测试{mark}")
        firm = Enterprise.objects.create(
            name=f"恒盛公司{mark}", credit_code="91350100M000100Y43", division="福建福州"
        )
        rows["enterprise"] = firm.pk
        rows["uncoded_enterprise"] = Enterprise.objects.create(name=f"暂无代码公司{mark}").pk
        for key, unit in (("project", "水沟镇"), ("bureau_project", "招商局"), ("office_project", "县委办")):
            project = Project.objects.create(
                name=f"{unit}电子项目{mark}",
                enterprise=firm,
                unit=Unit.objects.get(name=unit),
                year_introduced=2012,
            )
            rows[key] = project.pk
        project = Project.objects.get(pk=rows["project"])
        agreement = Agreement.objects.create(
            project=project,
            kind=AgreementKind.CONTRACT,
            signed_on=dt.date(2012, 3, 1),
            total_wan=Decimal(6000),
            introduced_wan=Decimal(5000),
        )
        rows["agreement"] = agreement.pk
        claims.write(
            claims.of_agreement(
                agreement,
                project=project,
                unit=project.unit,
                booked_in=Return.objects.get(unit=project.unit, period=period),
            )
        )
        batch = ImportBatch.objects.create(
            sha256="0" * 64, file_name=f"{mark}.xlsx", period=period, change_id=change, summary={}
        )
        rows["batch"] = batch.pk
        rows["sent_form"] = SentForm.objects.create(
            user_id=clerk.user_id, key=uuid.uuid4(), digest="0" * 64, answer=f"/{mark}"
        ).pk
        rows["saved_filter"] = SavedFilter.objects.create(
            post_id=clerk.id, name=f"已开工的{mark}", address=f"/projects/?stage=started&q={mark}"
        ).pk
        _acts(county, mark)
    split = _split(county, mark)
    _money(county, mark, split)
    _remind(county, mark)
    _decide(county, mark)
    _publish(county, mark)
    _call_to_account(county, mark)
    rows["export_request"] = export_request(county, mark).pk


def _client(county: County, mark: str) -> int:
    """A client that reads the whole county from one address, until the end of the year."""
    with acting(county.posts["admin"]) as admin:
        client, county.key = clients.issue(
            post=admin,
            name=f"统计平台{mark}",
            unit=None,
            groups=ClientGroup.values,
            addresses=["127.0.0.0/8"],
            expires_on=dt.date(2012, 12, 31),
            today=TODAY,
        )
    return client.pk


def _acts(county: County, mark: str) -> None:
    """A contact, a visit and a lead of 水沟镇 and a stage change that waits; none claims."""
    rows = county.rows
    town = Unit.objects.get(name="水沟镇")
    firm = {"enterprise_id": rows["enterprise"], "unit": town}
    contact = Contact.objects.create(
        **firm, name=f"王某{mark}", title=f"副总{mark}", phone=f"1380913{len(mark)}001"
    )
    visit = Visit.objects.create(
        **firm,
        direction=Direction.OUTBOUND,
        happened_on=dt.date(2011, 11, 3),
        place=f"福州{mark}",
        people=f"李某、赵某{mark}",
        headcount=2,
        contact=contact,
        result=f"有意向{mark}",
        project_id=rows["project"],
    )
    lead = Lead.objects.create(
        unit=town,
        firm_name=f"远望公司{mark}",
        firm_key=f"远望公司{mark}",
        content=f"建厂{mark}",
        contact=contact,
        visit=visit,
        reported_on=dt.date(2011, 11, 4),
        held_until=dt.date(2012, 12, 31),
    )
    change = StageChange.objects.create(
        project_id=rows["project"],
        before=Stage.SIGNED,
        after=Stage.STARTED,
        move=Move.SKIP,
        status=MoveState.WAITING,
        happened_on=dt.date(2012, 6, 20),
        reason=f"边建边办{mark}",
    )
    plan = StagePlan.objects.create(
        project_id=rows["project"],
        stage=Stage.IN_PRODUCTION,
        planned_on=dt.date(2013, 6, 1),
        reason=f"按合同{mark}",
    )
    gate = Gate.objects.create(
        stage=Stage.STARTED, kind="evidence", item="land", valid_from=FROM, document=f"县发7号{mark}"
    )
    # Of papers that nobody has: the usual checklist holds in this world.
    item = ChecklistItem.objects.create(
        about=AgreementKind.TRANSFER,
        kind=EvidenceKind.LICENCE,
        demand=Demand.MUST,
        valid_from=dt.date(2031, 1, 1),
        document=f"县督9号{mark}",
    )
    hold = HoldRule.objects.create(valid_from=FROM, days=90, document=f"县发8号{mark}")
    made = {
        "contact": contact,
        "visit": visit,
        "lead": lead,
        "stage_change": change,
        "plan": plan,
        "gate": gate,
        "checklist_item": item,
        "hold": hold,
    }
    rows.update((key, row.pk) for key, row in made.items())


def _split(county: County, mark: str):
    clerk, rows = county.posts["clerk"], county.rows
    with acting(clerk):
        project = Project.objects.get(pk=rows["project"])
        shares = [
            splits.Share(Unit.objects.get(name=name), ClaimKind.PAID_IN, Decimal("0.5"))
            for name in ("水沟镇", "城关镇")
        ]
        split = splits.agree(
            post=clerk, project=project, document=f"分割证明1号{mark}", agreed_on=FROM, shares=shares
        )
        rows["split"] = split.pk
    return split


def _money(county: County, mark: str, split) -> None:
    rows = county.rows
    money = {
        "claim": ("reporter", "水沟镇", "project", 1, Decimal(1000), None),
        "split_claim": ("reporter", "水沟镇", "project", 2, Decimal(400), "split"),
        "decided_claim": ("reporter", "水沟镇", "project", 3, Decimal(200), None),
        "bureau_claim": ("clerk", "招商局", "bureau_project", 4, Decimal(300), None),
        "office_claim": ("clerk", "县委办", "office_project", 5, Decimal(100), None),
    }
    for key, (who, unit, project_key, number, amount, with_split) in money.items():
        post = county.posts[who]
        with acting(post):
            entry = vouchers.Entry(
                project=Project.objects.get(pk=rows[project_key]),
                kind=VoucherKind.BANK_SLIP,
                number=f"JH{number:04}{mark}",
                dated_on=dt.date(2012, 5, number),
                face_wan=amount,
                split=split if with_split else None,
                files=[picture(number)],
            )
            done = vouchers.record(post=post, entry=entry, unit=Unit.objects.get(name=unit), today=TODAY)
            rows[key] = done.claim.pk
            rows[f"{key}:voucher"] = done.claim.voucher_id
            link = done.claim.voucher.evidence_links.get()
            rows[f"{key}:evidence"] = link.evidence_id
            rows[f"{key}:link"] = link.pk


def _remind(county: County, mark: str) -> None:
    rows = county.rows
    with acting(county.posts["government_inspector"]):
        act("procedure.publish")
        # For periods that nobody has opened: the usual steps hold in this world.
        steps = Procedure.objects.create(kind=ClaimKind.VISIT, valid_from=dt.date(2031, 1, 1), document=mark)
        rows["procedure"] = steps.pk
    with acting(county.posts["clerk"]):
        act("notice.plan")
        rule = Rule.objects.get(kind=RuleKind.NOT_REPORTED)
        notice = Notice.objects.create(
            rule=rule,
            unit_id=county.units["城关镇"],
            period_id=rows["period"],
            step=1,
            text=f"城关镇2012年上半年报表尚未上报。{mark}",
            link=NoticeLink.RETURN,
            link_row=rows["return:城关镇"],
            planned_on=TODAY,
        )
        delivery = Delivery.objects.create(
            notice=notice,
            post_id=county.posts["other_head"].id,
            channel=Channel.IN_APP,
            state=DeliveryState.SENT,
            sent_at=timezone.now(),
        )
        rows["rule"], rows["notice"], rows["delivery"] = rule.pk, notice.pk, delivery.pk
    # Nobody has notices mailed: the inspector once had, and took the address back.
    with acting(county.posts["party_inspector"]) as inspector:
        deliveries.keep_mailbox(post=inspector, address="")


def _from_outside(county: County, officer: ActingPost, mark: str) -> None:
    """Independent tables of a year that no claim is of: what is claimed in this world is not doubted."""
    month = {"month": dt.date(2010, 11, 1), "as_of": dt.date(2010, 12, 5), "document": f"来文{mark}"}
    for key, name, kind, owner in (
        ("source", "供电表", SourceKind.ELECTRICITY, "城关镇"),
        ("official_source", "官方表", SourceKind.OFFICIAL, None),
    ):
        with looking_down(officer, county):
            unit = Unit.objects.get(name=owner) if owner else None
            made = official.add_source(post=officer, name=name + mark, kind=kind, owner_unit=unit, margin=20)
            county.rows[key] = made.pk
    with looking_down(officer, county):
        act("official.load")
        firm = {"source_id": county.rows["source"], "credit_code": "91350100M000100Y43"}
        figure = OfficialFigure.objects.create(**firm, firm_name=f"恒盛公司{mark}", value=4800, **month)
        OfficialFigure.objects.create(
            source_id=county.rows["official_source"], measure_id=county.rows["measure"], value=900, **month
        )
        county.rows["figure"] = figure.pk


def _decide(county: County, mark: str) -> None:
    clerk, rows = county.posts["clerk"], county.rows
    with acting(county.posts["head"]) as head:
        returns.submit(post=head, return_id=rows["return:水沟镇"])
    for unit in ("招商局", "县委办"):
        with acting(clerk):
            returns.submit(post=clerk, return_id=rows[f"return:{unit}"])
    with acting(clerk):
        opinion = opinions.give(
            post=clerk,
            claim_id=rows["decided_claim"],
            step="first_review",
            verdict="accept",
            reason=mark,
            today=TODAY,
        )
        rows["opinion"] = opinion.pk
    with acting(county.posts["party_inspector"]) as inspector:
        opinions.give(
            post=inspector,
            claim_id=rows["decided_claim"],
            step="inspection",
            verdict="accept",
            today=TODAY,
        )
    with acting(clerk):
        rows["signed_claim"] = Claim.objects.get(kind=ClaimKind.SIGNED_COUNT).pk
        assert Period.objects.filter(pk=rows["period"]).exists()


def _draw(city: County, county: County) -> None:
    """The city's sample of the county's one decided claim."""
    with looking_down(city.posts["officer"], county) as officer:
        drawn = draws.draw(
            post=officer,
            period_id=county.rows["period"],
            kind=ClaimKind.PAID_IN,
            size=1,
            floor_wan=None,
            seed=f"2012-{county.code}",
        )
        county.rows["draw"] = drawn.pk


def _publish(county: County, mark: str) -> None:
    """A publicity of a quarter of the year before, which nobody files, with an answered objection."""
    rows = county.rows
    with acting(county.posts["government_inspector"]):
        act("snapshot.publish")
        quarter = periods.ensure(periods.span(PeriodKind.QUARTER, dt.date(2011, 10, 1)), filed=False)
        rows["snapshot"] = publicity(county, quarter, mark).pk
    with acting(county.posts["other_head"]):
        act("objection.raise")
        objection = Objection.objects.create(
            publicity_id=rows["snapshot"],
            claim_id=rows["split_claim"],
            unit_id=county.units["城关镇"],
            reason=f"少计了{mark}",
            raised_on=dt.date(2012, 6, 25),
            answer_due=dt.date(2012, 7, 2),
        )
        rows["objection"] = objection.pk
    with acting(county.posts["government_inspector"]) as inspector:
        objections.answer(
            post=inspector,
            objection_id=rows["objection"],
            outcome=ObjectionOutcome.DISMISSED,
            text=f"与凭证相符{mark}",
            today=TODAY,
        )


def export_request(county: County, mark: str) -> ExportRequest:
    """A clerk's request to take along more claims than there are, which nobody has answered."""
    with acting(county.posts["clerk"]):
        act("export.ask")
        return ExportRequest.objects.create(
            kind=ExportKind.REDUCTIONS,
            query=f"period=&about=visit&office={mark}",
            question=f"走访，全部填报期{mark}",
            rows=501,
            purpose=f"年度检查{mark}",
            asked_on=dt.date(2012, 6, 25),
        )


def publicity(county: County, period: Period, mark: str) -> Snapshot:
    """A publicity of June with time for objections, which names claims of 水沟镇, inside the caller's act."""
    claim = {"kind": ClaimKind.PAID_IN, "unit": county.units["水沟镇"], "unit_name": f"水沟镇{mark}"}
    text = canonical.text(
        {
            "title": f"{period.name}核实结果公示稿{mark}",
            "schedule": "100.00",
            "measures": [],
            "claims": {county.rows[key]: claim for key in ("claim", "split_claim", "decided_claim")},
            "uncounted": [],
        }
    )
    return Snapshot.objects.create(
        kind=SnapshotKind.PUBLICITY,
        period=period,
        title=f"{period.name}核实结果公示稿{mark}",
        as_of=period.ends_on,
        content=text,
        sha256=canonical.sha256_of(text),
        sm3=canonical.sm3_of(text),
        published_on=dt.date(2012, 6, 20),
        objections_until=dt.date(2012, 6, 28),
        answer_days=5,
    )


def _call_to_account(county: County, mark: str) -> None:
    """An inspection notice to 水沟镇 about a claim, which it has answered; nobody was told by the portal."""
    rows = county.rows
    with acting(county.posts["party_inspector"]):
        act("matter.issue")
        matter = Matter.objects.create(
            kind=MatterKind.INSPECTION_ORDER,
            unit_id=county.units["水沟镇"],
            claim_id=rows["claim"],
            title=f"补齐到位资金凭证{mark}",
            text=f"请补齐银行进账单原件。{mark}",
            issued_on=TODAY,
            due_on=dt.date(2012, 7, 9),
        )
        rows["matter"] = matter.pk
    with acting(county.posts["reporter"]):
        act("matter.reply")
        reply = {"kind": MatterStepKind.REPLY, "text": f"已补齐。{mark}", "happened_on": TODAY}
        rows["matter_step"] = MatterStep.objects.create(matter_id=matter.pk, **reply).pk
