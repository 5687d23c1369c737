"""What is left of a figure that is corrected, upgraded, increased, handed on, withdrawn, returned or undone.

The cases stand as data in ``tests/assessment/correction_table.py``; ``pytest -s`` prints them.
"""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Unit
from assessment.models import Opinion
from assessment.queries.figures import figures
from assessment.queries.standing import standing
from assessment.services import opinions, procedures, workbooks
from projects.choices import ClaimKind, ClaimState, VoucherKind
from projects.models import Claim, Project, Return, Voucher
from projects.services import agreements, claims, closing, corrections, projects, returns, vouchers
from tests.assessment import acts
from tests.assessment.correction_table import CASES, PROJECTS, SHOWN, Case, text
from tests.conftest import NOW
from tests.projects.workbooks import FUND_HEADER, PROJECT_HEADER, made
from tests.world import FROM, TODAY, acting, picture

pytestmark = pytest.mark.django_db(transaction=True)

TOWN, OWN = "城关镇", "other_head"
STEPS = {"初审": ("first_review", "second_clerk"), "核实": ("inspection", "party_inspector")}
STEPS |= {"会签": ("joint", "government_inspector"), "重报": ("unit", OWN)}
PARTS = {
    ClaimKind.PAID_IN: "到位",
    ClaimKind.SIGNED_COUNT: "项目",
    ClaimKind.SIGNED_TOTAL: "总投资",
    ClaimKind.SIGNED_INTRODUCED: "引资额",
}
BOOK = {
    "台账": [
        ["2012年上半年项目台账", "单位：万元"],
        PROJECT_HEADER,
        ["景区开发项目", "北京甲公司", TOWN, 800, 700, "合同", "2012-02-01", "否"],
    ],
    "明细": [
        ["2012年上半年到位资金明细", "单位：万元"],
        FUND_HEADER,
        ["景区开发项目", TOWN, "2012-03-01", 200, "银行进账单", "J1"],
    ],
}


class Town:
    """城关镇 with one project, and its claims by the names that the case gives them."""

    def __init__(self, world):
        self.world, self.posts = world, world.a.posts
        self.names: dict[str, int] = {}
        self.signed = 0
        with acting(self.posts["reporter"]) as reporter:
            # What the town shares with another would stand in its figures.
            claims.withdraw(post=reporter, claim_id=world.a.rows["split_claim"], reason="重复", today=TODAY)
        with acting(self.posts[OWN]) as head:
            entry = projects.Entry(name="景区", firm_name="甲公司")
            unit = Unit.objects.get(name=TOWN)
            self.project = projects.add(
                post=head, entry=entry, unit=unit, happened_on=FROM, today=TODAY
            ).project.pk

    def act(self, name: str, *about: str) -> None:
        """One step of a case."""
        does = {
            "登记凭证": self.record,
            "签约": self.sign,
            "上报": self.submit,
            "全部认可": self.accept,
            "更正": self.correct,
            "撤回": self.withdraw,
            "改变意见": self.change_mind,
            "会签程序": self.two_offices,
            "全县核实": lambda: decide_all(self.world),
            "关闭": lambda: acts.close(self.world),
            "重新开放": self.reopen,
            "导入": self.load,
            "撤销导入": self.undo,
        }
        if name in STEPS:
            self.say(name, *about)
        else:
            does[name](*about)

    def record(self, name: str, amount: str, cited: str = "") -> None:
        with acting(self.posts[OWN]) as head:
            paper = Voucher.objects.get(claims=self.names[cited]) if cited else None
            entry = vouchers.Entry(
                project=Project.objects.get(pk=self.project),
                kind=VoucherKind.BANK_SLIP,
                number=paper.number if paper else name,
                dated_on=paper.dated_on if paper else dt.date(2012, 4, 5),
                face_wan=paper.face_wan if paper else Decimal(200),
                claimed_wan=Decimal(amount),
                files=[picture(40)],
            )
            unit = Unit.objects.get(name=TOWN)
            self.names[name] = vouchers.record(post=head, entry=entry, unit=unit, today=TODAY).claim.pk

    def sign(self, name: str, kind: str, total: str, superseded: str = "") -> None:
        self.signed += 1
        with acting(self.posts[OWN]) as head:
            before = Claim.objects.get(pk=self.names[f"{superseded}·项目"]).agreement if superseded else None
            entry = agreements.Entry(
                kind=kind,
                signed_on=dt.date(2012, 3, self.signed),
                total_wan=Decimal(total) if total else None,
                supersedes=before,
                files=[picture(41)],
            )
            found = agreements.record(post=head, project_id=self.project, entry=entry, today=TODAY)
            for claim in found.claims:
                self.names[f"{name}·{PARTS[claim.kind]}"] = claim.pk

    def submit(self) -> None:
        with acting(self.posts[OWN]) as head:
            filing = Return.objects.get(unit__name=TOWN, reports_closed_at__isnull=True)
            returns.submit(post=head, return_id=filing.pk, today=TODAY)

    def say(self, step: str, name: str, verdict: str = "resubmit", accepted: str = "") -> None:
        where, who = STEPS[step]
        with acting(self.posts[who]) as post:
            opinions.give(
                post=post,
                claim_id=self.names[name],
                step=where,
                verdict=verdict,
                accepted=Decimal(accepted) if accepted else None,
                reason="核对凭证",
                today=TODAY,
            )

    def accept(self, name: str) -> None:
        """First review and inspection of every undecided claim of this name, in the order of entry."""
        for other, claim in sorted(self.names.items(), key=lambda item: item[1]):
            if other == name or other.startswith(f"{name}·"):
                with acting(self.posts["leader"]):
                    waits = Claim.objects.get(pk=claim).state == ClaimState.SUBMITTED
                if waits:
                    self.say("初审", other, "accept")
                    self.say("核实", other, "accept")

    def correct(self, name: str, amount: str) -> None:
        with acting(self.posts[OWN]) as head:
            new = corrections.correct(
                post=head,
                claim_id=self.names[name],
                amount=Decimal(amount),
                reason="银行回单有误",
                uploads=[picture(42)],
                today=TODAY,
            )
            self.names[f"{name}·更正"] = new.pk
            self.names[f"{name}·冲销"] = Claim.objects.get(reverses=self.names[name]).pk

    def withdraw(self, name: str) -> None:
        with acting(self.posts[OWN]) as head:
            found = claims.withdraw(post=head, claim_id=self.names[name], reason="报错", today=TODAY)
            self.names[f"{name}·冲销"] = found.pk

    def change_mind(self, name: str, verdict: str) -> None:
        """A later opinion of the inspection office, naming the one that it changes."""
        with acting(self.posts["party_inspector"]) as post:
            last = Opinion.objects.filter(claim=self.names[name], step="inspection").latest("pk").pk
            said = {"step": "inspection", "verdict": verdict, "reason": "复查不实"}
            opinions.give(post=post, claim_id=self.names[name], supersedes_id=last, **said, today=TODAY)

    def two_offices(self) -> None:
        with acting(self.posts["party_inspector"]) as post:
            steps = {"completeness": False, "first_review": True, "joint": True, "review_days": None}
            rule = {"kind": "", "valid_from": FROM, "document": "县办〔2012〕3号", "reason": "会议定"}
            procedures.publish(post=post, **rule, **steps, today=TODAY)

    def reopen(self) -> None:
        with acting(self.posts["party_inspector"]) as post:
            filing = Return.objects.get(unit__name=TOWN)
            closing.reopen(
                post=post, return_id=filing.pk, reason="复查", until=NOW + dt.timedelta(days=3), now=NOW
            )

    def load(self, name: str) -> None:
        with acting(self.posts["clerk"]) as clerk:
            done = workbooks.load(post=clerk, content=made(BOOK), file_name="county.xlsx", today=TODAY)
            self.batch = done.batch.pk
            written = Claim.objects.filter(project__name="景区开发项目")
            self.names |= {f"{name}·{PARTS[claim.kind]}": claim.pk for claim in written}

    def undo(self) -> None:
        with acting(self.posts["clerk"]) as clerk:
            workbooks.undo(post=clerk, batch_id=self.batch, reason="导错了文件", today=TODAY)
            names = {key: name for name, key in self.names.items()}
            for claim in Claim.objects.filter(reverses__in=names):
                self.names[f"{names[claim.reverses_id]}·冲销"] = claim.pk

    def rows(self) -> list[tuple]:
        """Every claim of the town: name, figures, state, and what it takes back or replaces."""
        names = {key: name for name, key in self.names.items()} | {None: ""}
        with acting(self.posts["leader"]):
            found = Claim.objects.filter(unit__name=TOWN).order_by("pk")
            return [
                (
                    names[claim.pk],
                    plain(claim.reported),
                    plain(claim.verified),
                    claim.get_state_display(),
                    names[claim.reverses_id],
                    names[claim.replaces_id],
                )
                for claim in found
            ]

    def standing(self) -> dict[str, tuple[str, str]]:
        """(reported, verified) of the town by measure, and the projects that the county counts for it."""
        found: dict[str, tuple[str, str]] = {}
        with acting(self.posts["leader"]):
            for measure in SHOWN:
                pair = []
                for basis in ("reported", "verified"):
                    if measure == PROJECTS:
                        others = Claim.objects.filter(
                            kind=ClaimKind.SIGNED_COUNT, agreement=self.world_signed
                        )
                        counted = others.exclude(**{basis: None}).count()
                        pair.append(figures(as_of=TODAY, basis=basis)["projects_introduced"] - counted)
                    else:
                        lines = standing(as_of=TODAY, basis=basis, measure_name=measure).lines
                        pair.append(next(line.amount or 0 for line in lines if line.name == TOWN))
                if any(pair):
                    found[measure] = (plain(pair[0]), plain(pair[1]))
        return found

    @property
    def world_signed(self) -> int:
        """The one signature of another town."""
        return self.world.a.rows["agreement"]


def decide_all(world) -> None:
    """Whatever else waits in the county, so that the period can be closed."""
    acts.decide(world)
    with acting(world.a.posts["leader"]):
        assert not Claim.objects.exclude(state__in=[ClaimState.DECIDED, ClaimState.REVERSED]).exists()


def plain(amount) -> str | None:
    """An amount as the table writes it."""
    return None if amount is None else f"{Decimal(amount).normalize():f}"


@pytest.mark.covers("I3", "I4", "I12")
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_is_left(world, case: Case):
    town = Town(world)
    for step in case.given:
        town.act(*step)
    assert town.standing() == case.before
    for step in case.steps:
        town.act(*step)
    assert town.rows() == case.rows
    assert town.standing() == case.after
    print(f"\n{text(case)}")
