"""The county's half-year through the commands: loaded, reviewed, verified by both offices, closed, told."""

from decimal import Decimal

import pytest

from assessment.queries import reductions
from assessment.queries.reductions import Asked
from tests import county
from tests.checker.edits import edited
from tests.checker.recompute import differences, recompute
from tests.county import ENTERS, GOVERNMENT, PARTY, REVIEWS
from tests.projects.workbooks import SHEETS, made

pytestmark = pytest.mark.django_db(transaction=True)

EXPECTED = county.exactly((county.DATA / "expected.json").read_text("utf-8"))


def money(key: str, of: dict) -> dict[str, int | Decimal]:
    return {unit: amount for unit, amount in of[key].items() if amount}


@pytest.mark.covers("S0-01", "S0-35", "S0-38", "S3-29", "F-34", "F-36", "F-65", "F-97", "I4", "I12")
@pytest.mark.covers("S2-02", "S2-03", "S2-04", "S2-05", "S2-06", "S2-07", "S2-08", "S2-09", "S2-10")
def test_the_half_year_from_load_to_close():
    county.set_up()
    county.load(county.OFFICE)
    check_only_reported()

    assert county.decide(REVIEWS) == ["初审：认可 265 笔，免初审 5 笔，留下 0 笔。\n"]
    # The bureau's own claims were skipped; until they are verified nobody has looked at them.
    reviewed = money("unit_paid_wan", EXPECTED["standing"])
    del reviewed["招商局"]
    assert money("unit_paid_wan", county.standing("reviewed")) == reviewed
    assert county.standing("verified")["paid_in_wan"] == 0

    # The party office's house is 县委办: its 2,055 wait for the other office.
    printed = county.decide(PARTY)[0].splitlines()
    assert printed[0] == "督查核实：认可 263 笔，免初审 0 笔，留下 7 笔。"
    assert {line.split()[0] for line in printed[1:]} == {"县委办"}
    why = {line.split("：", 1)[1] for line in printed[1:]}
    assert why == {"回避：与本单位有利害关系，须由其他督查室核实"}
    after_one = county.standing()
    assert (after_one["paid_in_wan"], after_one["pending_wan"]) == (139945, 2055)
    assert money("unit_pending_wan", after_one) == {"县委办": 2055}
    assert county.figures()["paid_in_wan"] == 139945

    check_found(139945, 263)

    assert "还有 7 笔申报没有核实完" in county.refusal("close", "--period", county.PERIOD, "--as", PARTY)
    assert county.decide(GOVERNMENT) == ["督查核实：认可 7 笔，免初审 0 笔，留下 0 笔。\n"]
    assert county.close() == "“2012年上半年”已关闭，封存 100 份报表。\n"

    for basis in ("verified", "reviewed", "reported"):
        told = county.both(basis)
        assert differences(EXPECTED, told) == []
        assert told["standing"]["pending_wan"] == 0
        assert (told["standing"]["basis"], told["figures"]["basis"]) == (basis, basis)
    assert county.run("verify_changes").endswith("没有发现问题。\n")


def check_found(verified: int, decided: int):
    """What the offices found so far: everything as reported, nothing decided is unknown and no zero."""
    with county.acting(PARTY) as post:
        kinds = {row.key: row for row in reductions.by_kind(post, Asked("paid_in"))}
        units = {row.label: row for row in reductions.by_unit(post, Asked("paid_in"))}
    assert sum(row.decided for row in kinds.values()) == decided
    assert (kinds["paid_in"].verified, kinds["paid_in"].rate) == (verified, 0)
    assert sum(row.verified or 0 for row in units.values()) == verified
    assert {row.rate for name, row in units.items() if name != "县委办"} == {Decimal(0)}
    assert (units["县委办"].decided, units["县委办"].verified, units["县委办"].rate) == (0, None, None)


def check_only_reported():
    """What nobody has decided is reported and waits; nothing of it is verified (or reviewed)."""
    told = county.both("reported")
    assert differences(EXPECTED, told) == []
    for basis in ("verified", "reviewed"):
        told = county.both(basis)["standing"]
        assert (told["paid_in_wan"], told["pending_wan"]) == (0, 142000)
        assert (told["completion_pct"], told["ahead_points"]) == ("0.00", "-50.00")
        assert told["half_year_met"] is False
        assert money("unit_paid_wan", told) == {}
        # Who reported something that nobody has verified is at zero; who reported nothing is unknown.
        assert [len(told["classes"][name]) for name in ("done", "on_schedule", "behind")] == [0, 0, 0]
        assert len(told["classes"]["zero"]) == 98
        assert told["classes"]["not_reported"] == ["县志办公室", "移民局"]
        assert [told["unit_paid_wan"][unit] for unit in ("县志办公室", "移民局", "水沟镇")] == [None, None, 0]
        assert money("unit_pending_wan", told) == money("unit_paid_wan", EXPECTED["standing"])
    none = county.figures()
    assert {key: value for key, value in none.items() if value} == {
        "as_of": "2012-06-30",
        "basis": "verified",
        "introduced_task_wan": 400000,
        "introduced_completion_pct": "0.00",
    }
    assert [none[key] for key in none if key.endswith("_pct")] == [None, "0.00", None, None]


# A project of the bureau's own beside two others: eleven claims, four of them the bureau's.
SMALL = SHEETS | {
    "台账": [
        *SHEETS["台账"],
        ["招商中心项目", "广州丙公司", "招商局", 500, 400, "合同", "2012-02-01", "否"],
    ],
    "明细": [*SHEETS["明细"], ["招商中心项目", "招商局", "2012-03-01", 60, "银行进账单", "J2"]],
}


def load_small(folder) -> None:
    file = folder / "small.xlsx"
    file.write_bytes(made(SMALL))
    county.set_up()
    county.load(file)


@pytest.mark.covers("S0-38", "S3-29", "F-49", "I4")
def test_nobody_decides_what_they_entered_and_nothing_is_decided_out_of_turn(tmp_path):
    load_small(tmp_path)
    assert county.decide(PARTY) == ["督查核实：认可 0 笔，免初审 0 笔，留下 0 笔。\n"]
    printed = county.decide(ENTERS)[0].splitlines()
    assert printed[0] == "初审：认可 0 笔，免初审 4 笔，留下 7 笔。"
    assert "  城关镇 景区开发项目 200：回避：由本人登记，须由其他人员核实" in printed
    assert {line.split("：", 1)[1] for line in printed[1:]} == {"回避：由本人登记，须由其他人员核实"}
    assert county.standing("reviewed")["paid_in_wan"] == 0

    assert county.decide(REVIEWS) == ["初审：认可 7 笔，免初审 0 笔，留下 0 笔。\n"]
    for step, user in (("inspection", REVIEWS), ("first_review", PARTY), ("inspection", county.ADMIN)):
        said = county.refusal("decide", "--step", step, "--all-clean", "--as", user)
        assert said == f"{user} 在 611023 没有可办理此事的岗位。"
    assert "--all-clean" in county.refusal("decide", "--step", "inspection", "--as", PARTY)
    told = county.standing("reviewed")
    assert (told["paid_in_wan"], told["pending_wan"]) == (200, 260)
    assert county.standing()["paid_in_wan"] == 0
    county.decide(PARTY)
    assert county.standing("reviewed")["paid_in_wan"] == county.standing()["paid_in_wan"] == 260


@pytest.mark.covers("S0-38", "I5")
def test_closing_is_refused_until_everything_is_decided_and_happens_once(tmp_path):
    load_small(tmp_path)
    before = county.everything()
    for user, said in {
        PARTY: "“2012年上半年”还有 11 笔申报没有核实完，不能关闭。请到核实队列逐项处理。",
        REVIEWS: "wang 在 611023 没有可办理此事的岗位。",
        "nobody": "没有用户 nobody，或已停用。",
    }.items():
        assert county.refusal("close", "--period", county.PERIOD, "--as", user) == said
    said = county.refusal("close", "--period", "2012年", "--as", PARTY)
    assert said == "没有名为“2012年”的填报期。已开启：2012年上半年。"
    assert county.everything() == before

    county.decide(REVIEWS, PARTY)
    county.close()
    before = county.everything()
    for user in (PARTY, GOVERNMENT):
        assert county.refusal("close", "--period", county.PERIOD, "--as", user) == "“2012年上半年”已经关闭。"
    assert county.everything() == before


@pytest.mark.covers("S0-01", "S2-06", "S2-07", "S2-08", "S2-09", "S2-10", "F-38", "I2", "I14")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_edited_workbook_comes_out_as_recomputed(seed, tmp_path):
    content, edits = edited(county.OFFICE.read_bytes(), seed)
    assert told(content, tmp_path / "edited.xlsx") == [], "\n".join(edits)


def told(content: bytes, file) -> list[str]:
    """Load, review, verify and close this workbook; where what the commands tell differs from a recount."""
    file.write_bytes(content)
    county.set_up()
    report = county.load(file)
    assert report["findings"] == []
    county.decide(REVIEWS, PARTY, GOVERNMENT)
    county.close()
    return differences(recompute(content), county.both())
