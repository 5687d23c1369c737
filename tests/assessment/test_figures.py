"""Figures of the county: each is counted from its claims, and opens exactly them."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest

from accounts.acts import act
from accounts.refusals import NotFound
from assessment.queries.figures import claims_behind, definitions, figures
from assessment.services import opinions
from projects.choices import AgreementKind
from projects.models import Agreement, Claim, Enterprise, Project, Return
from projects.services import claims
from tests import county
from tests.county import PARTY, REVIEWS
from tests.projects.workbooks import SHEETS, made
from tests.world import TODAY, acting

MID_YEAR = dt.date(2012, 6, 30)
BASES = ("reported", "reviewed", "verified")
committed = pytest.mark.django_db(transaction=True)


def recounted(basis: str) -> dict[str, Decimal | int]:
    """Every counted figure of 2012, claim by claim, without the query that the product counts with."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    projects: dict[str, set[int]] = defaultdict(set)
    rows = list(Claim.objects.select_related("project", "agreement"))
    signed = {
        (row.project_id, row.agreement.kind == "contract")
        for row in rows
        if row.kind == "signed_count" and row.state != "reversed" and not row.reverses_id
    }
    entries = 0
    for row in rows:
        reviewed = row.verified if row.reviewed is None else row.reviewed
        value = {"reported": row.reported, "reviewed": reviewed, "verified": row.verified}[basis]
        if value is None:
            continue
        new = row.project.year_introduced == 2012
        counts = row.state != "reversed" and not row.reverses_id and value > 0
        sums[f"{row.kind} {new}"] += value
        if row.kind == "paid_in" and new and {k for p, k in signed if p == row.project_id} == {False}:
            sums["intent only"] += value
        if counts:
            projects[f"{row.kind} {new}"].add(row.project_id)
            entries += row.kind == "paid_in"
            if row.kind == "signed_count" and row.agreement.kind == "contract":
                projects[f"contract {new}"].add(row.project_id)
    return {
        "projects_introduced": len(projects["signed_count True"]),
        "contracts": len(projects["contract True"]),
        "total_investment_wan": sums["signed_total True"],
        "introduced_wan": sums["signed_introduced True"],
        "paid_in_wan": sums["paid_in True"] + sums["paid_in False"],
        "paid_in_new_projects_wan": sums["paid_in True"],
        "paid_in_carry_over_wan": sums["paid_in False"],
        "paid_in_on_intent_only_wan": sums["intent only"],
        "carried_over_projects": len(projects["paid_in False"]),
        "fund_entries": entries,
    }


def opened(key: str, basis: str) -> Decimal | int:
    """What the claims behind a figure add up to."""
    behind = list(claims_behind(key, as_of=MID_YEAR, basis=basis))
    how = definitions(MID_YEAR)[key].how
    if how == "amount":
        column = {"reported": "reported", "reviewed": "reviewed", "verified": "verified"}[basis]
        values = [
            claim.verified if basis == "reviewed" and claim.reviewed is None else getattr(claim, column)
            for claim in behind
        ]
        return sum(values, Decimal(0))
    return len({claim.project_id for claim in behind}) if how == "projects" else len(behind)


@committed
@pytest.mark.covers("S2-02", "S2-03", "S2-04", "S2-05", "S2-06", "F-36", "F-65", "I2", "I4")
def test_every_figure_is_the_sum_of_the_claims_that_it_opens():
    """Half-way through the work: some verified, some rejected, reduced or doubted, some untouched."""
    county.set_up()
    county.load(county.OFFICE)
    county.decide(REVIEWS)
    with county.looking():
        others = Claim.objects.exclude(unit__name="县委办").order_by("pk").values_list("pk", flat=True)
        some = [*others.filter(kind="paid_in")[:16], *others.filter(agreement__isnull=False)[3:6]]
    verdicts = ["reject", "doubt", "accept", "reduce"]
    for place, claim in enumerate(some):
        verdict = verdicts[place % (3 if place >= 16 else 4)]
        with county.acting(PARTY) as post:
            accepted = Decimal("1.5") if verdict == "reduce" else None
            given = {"step": "inspection", "verdict": verdict, "accepted": accepted, "reason": "抽查"}
            opinions.give(post=post, claim_id=claim, today=TODAY, **given)
    told = {basis: county.figures(basis) for basis in BASES}
    with county.looking():
        for basis in BASES:
            expected = recounted(basis)
            assert {key: told[basis][key] for key in expected} == expected
            assert {key: opened(key, basis) for key in expected} == expected
            assert set(expected) == set(definitions(MID_YEAR))
    assert told["reported"]["paid_in_wan"] == 142000
    assert 0 < told["verified"]["paid_in_wan"] < told["reviewed"]["paid_in_wan"] < 142000
    assert county.standing()["paid_in_wan"] == told["verified"]["paid_in_wan"]


@committed
@pytest.mark.covers("S2-02", "S2-03", "S2-05", "I12")
def test_where_nothing_is_signed_no_rate_can_be_told():
    county.set_up()
    with county.looking():
        counted = set(definitions(MID_YEAR))
    for basis in BASES:
        told = county.figures(basis)
        assert {key for key, value in told.items() if value == 0} == counted
        assert {key for key, value in told.items() if value is None} == {
            "introduced_task_wan",
            "contract_share_pct",
            "introduced_completion_pct",
            "funds_rate_with_carry_over_pct",
            "funds_rate_new_projects_pct",
        }


@committed
@pytest.mark.covers("S2-02", "S2-03", "S2-04", "S2-05", "S2-06", "F-38", "I14")
def test_intents_contracts_and_carried_over_projects(tmp_path):
    file = tmp_path / "book.xlsx"
    sheets = SHEETS | {
        "目标": [*SHEETS["目标"], ["引进资金", "1.2亿元"]],
        "台账": [
            *SHEETS["台账"],
            ["老厂项目", "北京丙公司", "城关镇", 900, 900, "合同", "2011-02-01", "是"],
            ["无数项目", "北京丁公司", "财政局", None, None, "框架", "2012-02-01", "否"],
        ],
        "明细": [
            *SHEETS["明细"],
            ["养殖项目", "财政局", "2012-04-01", "0.000001万元", "银行进账单", "J2"],
            ["老厂项目", "城关镇", "2012-04-01", "5000元", "银行进账单", "J3"],
            ["无数项目", "财政局", "2012-06-30", "０．１亿", "银行进账单", "J4"],
        ],
        "零": SHEETS["零"][:2],
    }
    file.write_bytes(made(sheets))
    county.set_up()
    county.load(file)
    assert county.figures("reported") == {
        "as_of": "2012-06-30",
        "basis": "reported",
        "projects_introduced": 3,
        "contracts": 1,
        "contract_share_pct": "33.33",
        "total_investment_wan": 1100,  # an unknown amount counts for nothing, the project counts
        "introduced_wan": 1000,
        "introduced_task_wan": 12000,
        "introduced_completion_pct": "8.33",
        "paid_in_wan": Decimal("1200.500001"),
        "paid_in_new_projects_wan": Decimal("1200.000001"),
        "paid_in_carry_over_wan": Decimal("0.5"),
        "paid_in_on_intent_only_wan": Decimal("1000.000001"),
        "funds_rate_with_carry_over_pct": "120.05",
        "funds_rate_new_projects_pct": "120.00",
        "carried_over_projects": 1,
        "fund_entries": 4,
    }
    printed = county.run("figures", "--as-of", county.AS_OF, "--basis", "reported")
    assert "到位资金：1200.500001" in printed.splitlines()
    before_april = county.figures("reported", "2012-03-31")
    assert (before_april["paid_in_wan"], before_april["fund_entries"]) == (200, 1)
    assert (before_april["projects_introduced"], before_april["contracts"]) == (3, 1)
    assert county.figures("reported", "2012-02-15")["projects_introduced"] == 2


def sign(world, kind: str, on: dt.date, *, project="bureau_project", total=None, introduced=None) -> None:
    """A signature with its claims, inside the caller's act."""
    found = Project.objects.select_related("unit").get(pk=world.a.rows[project])
    agreement = Agreement.objects.create(
        project=found, kind=kind, signed_on=on, total_wan=total, introduced_wan=introduced
    )
    booked_in = Return.objects.get(unit=found.unit)
    claims.write(claims.of_agreement(agreement, project=found, unit=found.unit, booked_in=booked_in))


@pytest.mark.covers("I2")
def test_an_intent_that_becomes_a_contract_is_one_project(world):
    def look(as_of=MID_YEAR):
        told = figures(as_of=as_of, basis="reported")
        return [
            told[key]
            for key in ("projects_introduced", "contracts", "introduced_wan", "paid_in_on_intent_only_wan")
        ]

    with acting(world.a.posts["clerk"]):
        act("workbook.load")
        assert look() == [1, 1, 5000, 0]  # the signature of 水沟镇
        sign(world, AgreementKind.INTENT, dt.date(2012, 2, 1), total=Decimal(800), introduced=Decimal(700))
        assert look() == [2, 1, 5700, 300]
        # The contract that follows counts the project as contracted and brings no money of its own.
        sign(world, AgreementKind.CONTRACT, dt.date(2012, 4, 1))
        assert look() == [2, 2, 5700, 0]
        assert look(dt.date(2012, 3, 31)) == [2, 1, 5700, 0]  # as of March no money had come on the intent
        behind = claims_behind("projects_introduced", as_of=MID_YEAR, basis="reported")
        assert (behind.count(), behind.values("project").distinct().count()) == (3, 2)


def test_other_lines_of_business_and_unknown_figures_do_not_count(world):
    with acting(world.a.posts["clerk"]):
        act("workbook.load")
        before = figures(as_of=MID_YEAR, basis="reported")
        Project.objects.filter(pk=world.a.rows["office_project"]).update(line="upward_funds")
        after = figures(as_of=MID_YEAR, basis="reported")
        assert before["paid_in_wan"] - after["paid_in_wan"] == 100
        assert before["fund_entries"] - after["fund_entries"] == 1
        with pytest.raises(NotFound, match="没有这个指标"):
            claims_behind("happiness", as_of=MID_YEAR, basis="reported")


@committed
def test_a_withdrawn_signature_is_no_signature(world):
    with acting(world.a.posts["reporter"]) as reporter:
        claims.withdraw(
            post=reporter,
            claim_id=world.a.rows["signed_claim"],
            reason="未签成",
            today=dt.date(2012, 7, 2),
        )
    with acting(world.a.posts["leader"]):
        told = figures(as_of=MID_YEAR, basis="reported")
        assert (told["projects_introduced"], told["contracts"], told["contract_share_pct"]) == (0, 0, None)
        assert Enterprise.objects.filter(pk=world.a.rows["enterprise"]).exists()
