"""Reconciliation: whatever the figures are, the reasons add up to the gap; each reason in its place."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.acts import act
from assessment.choices import Gap
from assessment.reconciling import NOTHING, Ours, Theirs, reconcile
from assessment.services import opinions
from projects.choices import PeriodKind, VoucherKind
from projects.models import Enterprise, Period, Project, Return, Voucher
from projects.services import claims, periods
from tests.assessment.outside import FIRM, OTHER_FIRM, load_official
from tests.pages.test_shell import text_of
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)
MONTHS = [dt.date(2012, month, 1) for month in range(1, 5)]
JANUARY, FEBRUARY, *_rest = MONTHS
CODES = ["", "A", "B", "C"]
AMOUNTS = st.decimals(-1000, 1000, places=6)
POSITIVE = st.decimals(0, 1000, places=6)
BEYOND = [Gap.RETURNED, Gap.LATE, Gap.OUTSIDE, Gap.UNVERIFIED, Gap.REDUCED]
CLAIMS = st.lists(
    st.builds(
        Ours,
        claim=st.integers(1, 99),
        codes=st.lists(st.sampled_from(CODES[1:]), max_size=2, unique=True).map(tuple),
        month=st.sampled_from(MONTHS),
        counted=st.none() | AMOUNTS,
        beyond=AMOUNTS,
        reason=st.sampled_from(BEYOND),
    ),
    max_size=12,
)
FIGURES = st.lists(
    st.builds(Theirs, code=st.sampled_from(CODES), month=st.sampled_from(MONTHS), value=POSITIVE),
    max_size=12,
    unique_by=lambda one: (one.code, one.month),
)


@given(CLAIMS, FIGURES)
def test_the_reasons_always_add_up_to_the_gap(ours, theirs):
    found = reconcile(ours, theirs, MONTHS)
    assert sum((row.amount for row in found.rows), NOTHING) == found.gap
    assert sum((one.amount for one in found.reasons), NOTHING) == found.gap
    assert sum(one.rows for one in found.reasons) == len(found.rows)
    assert all(row.amount for row in found.rows), "a row that explains nothing"
    totals = {one.month: one.value for one in theirs if not one.code}
    assert set(found.compared) == set(totals)
    assert set(found.compared) | set(found.missing) == set(MONTHS)
    assert found.theirs == sum(totals.values(), NOTHING)
    counted = [one.counted for one in ours if one.month in totals and one.counted is not None]
    assert found.ours == sum(counted, NOTHING)


@given(CLAIMS, FIGURES)
def test_a_firm_that_agrees_needs_no_reason(ours, theirs):
    found = reconcile(ours, theirs, MONTHS)
    for row in found.rows:
        if row.reason in {Gap.DIFFERENT, Gap.THEIRS_ALONE}:
            assert row.theirs is not None
            assert (row.ours is None) == (row.reason == Gap.THEIRS_ALONE)


def told(ours: list[Ours], theirs: list[Theirs]) -> list[tuple]:
    rows = reconcile(ours, theirs, MONTHS).rows
    return [(row.reason, row.amount, row.code, row.claim) for row in rows]


def claim(number: int, counted: int | None, beyond: int = 0, reason: Gap = Gap.UNVERIFIED, *codes: str):
    known = None if counted is None else Decimal(counted)
    return Ours(number, codes or ("A",), JANUARY, known, Decimal(beyond), reason)


def figure(value: int, code: str = "", month: dt.date = JANUARY) -> Theirs:
    return Theirs(code, month, Decimal(value))


@pytest.mark.parametrize(
    ("ours", "theirs", "rows"),
    [
        ([claim(1, 60)], [figure(60), figure(60, "A")], []),
        # A returned claim explains a firm's difference; what it does not explain is said.
        (
            [claim(1, 60), claim(2, None, 30, Gap.RETURNED)],
            [figure(100), figure(100, "A")],
            [(Gap.RETURNED, 30, "A", 2), (Gap.DIFFERENT, 10, "A", None)],
        ),
        # Where both agree, a returned claim explains nothing.
        ([claim(1, 60), claim(2, None, 30, Gap.RETURNED)], [figure(60), figure(60, "A")], []),
        ([claim(1, 40, 20, Gap.REDUCED)], [figure(60), figure(60, "A")], [(Gap.REDUCED, 20, "A", 1)]),
        # What points to the other side explains nothing either.
        (
            [claim(1, 90, 10, Gap.REDUCED)],
            [figure(60), figure(60, "A")],
            [(Gap.DIFFERENT, -30, "A", None)],
        ),
        ([], [figure(60), figure(60, "A")], [(Gap.THEIRS_ALONE, 60, "A", None)]),
        (
            [claim(1, 25), claim(2, 5, 0, Gap.LATE, "B")],
            [figure(5), figure(5, "B")],
            [(Gap.OURS_ALONE, -25, "A", 1)],
        ),
        # A claim has two firms: it belongs to the one that is listed.
        ([claim(1, 25, 0, Gap.LATE, "A", "B")], [figure(25), figure(25, "B")], []),
        # Firms that do not add up to the total, and a month without firms.
        ([claim(1, 25)], [figure(70), figure(25, "A")], [(Gap.NOT_ITEMISED, 45, "", None)]),
        (
            [claim(1, 25), claim(2, None, 30, Gap.OUTSIDE)],
            [figure(70)],
            [(Gap.OUTSIDE, 30, "A", 2), (Gap.NOT_ITEMISED, 15, "", None)],
        ),
        # Without an official total a month is unknown: nothing of it is compared.
        ([claim(1, 25)], [figure(25, "A"), figure(8, month=FEBRUARY)], [(Gap.NOT_ITEMISED, 8, "", None)]),
    ],
)
def test_each_reason_in_its_place(ours, theirs, rows):
    assert told(ours, theirs) == rows


# Through the page: the town's claims of May are 1,000 and 400 not verified, 200 verified; the bureau and
# an office have 300 and 100 not verified; all are of one firm.


def page(client, query: str = "") -> str:
    return text_of(client.get(f"/reconciliation/{query}"))


def reasons(text: str) -> dict[str, tuple[str, str]]:
    """By reason: number of rows, amount."""
    body = text.partition("差额的原因")[2].partition("<tfoot>")[0]
    found = re.findall(
        r'reason=\w+">(.*?)</a></td>\s*<td class="number">(\d+)</td>\s*<td class="number">(.*?)</td>', body
    )
    return {label: (rows, amount) for label, rows, amount in found}


@commits
@pytest.mark.covers("F-36", "I2", "I4")
def test_the_gap_is_explained_to_the_last_row(world, sign_in):
    source = world.a.rows["official_source"]
    with acting(world.a.posts["second_clerk"]) as post:
        opinions.give(
            post=post,
            claim_id=world.a.rows["split_claim"],
            step="first_review",
            verdict="return",
            code="evidence",
            reason="缺回单",
            today=TODAY,
        )
    rows = [("到位资金", 5, 2700, ""), ("到位资金", 5, 2150, FIRM), ("到位资金", 5, 350, OTHER_FIRM)]
    load_official(world, source, rows)
    leader = sign_in("a_leader")
    text = page(leader)
    assert "没有提供 2012年1—4月、6—7月 的数，这些月份双方都不计" in text
    assert reasons(text) == {
        "已退回": ("1", "400"),
        "未核实": ("3", "1,400"),
        "官方有我无": ("1", "350"),
        "金额不同": ("1", "150"),
        "未能逐户对照": ("1", "200"),
    }
    for number in ("2,700", "200", "2,500"):
        assert f'">{number}<' in text or f">{number}</a>" in text
    alone = page(leader, "?reason=returned")
    assert f"/claims/{world.a.rows['split_claim']}/" in alone
    assert f"/claims/{world.a.rows['claim']}/" not in alone
    behind = text_of(leader.get("/reconciliation/claims/"))
    assert f"/claims/{world.a.rows['decided_claim']}/" in behind
    assert "200.00" in behind.partition("<tfoot>")[2]
    figures = text_of(leader.get(f"/independent/{source}/?measure=到位资金&since=2012-05&until=2012-07"))
    assert figures.partition("<tbody>")[2].count("<tr>") == 3


@commits
@pytest.mark.covers("I12")
def test_without_official_figures_nothing_is_compared(world, sign_in):
    client = sign_in("a_clerk")
    assert "没有提供 2012年1—7月 的数，不能对账。未提供不等于零" in page(client)
    assert "没有提供 2012年3—6月" in page(client, "?since=3&as_of=2012-06-30")
    assert "起止在同一年内" in page(client, "?since=9&as_of=2012-06-30")
    assert "截止日期应在" in page(client, "?as_of=2013-01-01")
    load_official(world, world.a.rows["official_source"], [("到位资金", 5, 1800, "")])
    # 1,000 + 400 + 300 + 100 are not verified: more than the gap, and the page says by how much.
    assert reasons(page(client)) == {"未核实": ("4", "1,800"), "未能逐户对照": ("1", "-200")}


def paid(world, number: str, amount: int, *, line: str = "recruitment", half: dt.date, back: bool = False):
    """A claim of May, booked by the bureau in the half-year that begins on a day; taken back if asked."""
    a = world.a
    with acting(a.posts["clerk"]) as clerk:
        if not Period.objects.filter(kind=PeriodKind.HALF, starts_on=half).exists():
            periods.open_period(post=clerk, kind=PeriodKind.HALF, starts_on=half)
    with acting(a.posts["clerk"]):
        act("voucher.record")
        firm = Enterprise.objects.get(pk=a.rows["enterprise"])
        about = {"name": f"项目{number}", "enterprise": firm, "line": line, "year_introduced": 2012}
        project = Project.objects.create(unit_id=a.units["水沟镇"], **about)
        day = dt.date(2012, 5, 9)
        paper = {"kind": VoucherKind.BANK_SLIP, "payer": firm, "dated_on": day, "face_wan": Decimal(amount)}
        slip = Voucher.objects.create(number=number, **paper)
        booked = Return.objects.get(
            unit=project.unit_id, period__kind=PeriodKind.HALF, period__starts_on=half
        )
        of = {"unit": booked.unit, "project": project, "amount": Decimal(amount)}
        claim = claims.of_voucher(slip, booked_in=booked, **of)
        claims.write([claim])
        if back:
            claims.write([claims.reversal(claim, booked_in=booked)])


@commits
@pytest.mark.covers("F-36")
def test_what_is_late_outside_the_rule_or_taken_back(world, sign_in):
    first, second = dt.date(2012, 1, 1), dt.date(2012, 7, 1)
    paid(world, "JH801", 70, half=second)
    paid(world, "JH802", 50, half=first, line="upward_funds")
    paid(world, "JH803", 90, half=first, back=True)
    load_official(world, world.a.rows["official_source"], [("到位资金", 5, 9000, "")])
    client = sign_in("a_clerk")
    at_the_end = reasons(page(client, "?as_of=2012-06-30"))
    assert at_the_end["补报晚于截止"] == ("1", "70")
    assert at_the_end["口径外"] == ("1", "50")
    assert at_the_end["未核实"] == ("4", "1,800")
    assert at_the_end["未能逐户对照"] == ("1", "6,880")  # 9,000 less 200, 70, 50 and 1,800
    later = reasons(page(client, "?as_of=2012-07-02"))
    assert "补报晚于截止" not in later
    assert later["未核实"] == ("5", "1,870")


def test_who_reconciles(world, sign_in):
    for stem in ("clerk", "party_inspector", "leader"):
        client = sign_in(f"a_{stem}")
        assert client.get("/reconciliation/").status_code == 200
        assert client.get("/reconciliation/claims/").status_code == 200
        assert client.post("/reconciliation/").status_code == 405
    for stem in ("reporter", "head", "other_head", "admin", "auditor"):
        client = sign_in(f"a_{stem}")
        assert client.get("/reconciliation/").status_code == 403
        assert client.get("/reconciliation/claims/").status_code == 403
    neighbour = world.b.rows["official_source"]
    assert CANARY not in page(sign_in("a_clerk"), f"?source={neighbour}")
    officer = sign_in("city_officer")
    assert "甲县" in page(officer)
    officer.post("/county/", {"county": world.a.tenant_id})
    assert "对账" in page(officer)


@commits
@pytest.mark.covers("F-84")
@pytest.mark.parametrize("firms", [[FIRM], [FIRM, OTHER_FIRM, "91440300708461136T"]])
def test_queries_of_the_reconciliation(world, sign_in, django_assert_num_queries, firms):
    rows = [("到位资金", 5, 9000, ""), *(("到位资金", 5, 900, code) for code in firms)]
    load_official(world, world.a.rows["official_source"], rows)
    client = sign_in("a_clerk")
    with django_assert_num_queries(25):
        page(client)
    with django_assert_num_queries(26):
        client.get("/reconciliation/claims/")
