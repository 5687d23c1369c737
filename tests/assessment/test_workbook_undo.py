"""Undoing an import: reversals and unsubmitted Returns, while nobody has acted on it."""

import pytest

from accounts.models import Unit, UnitAlias
from assessment.models import Target
from projects.models import Agreement, Claim, Enterprise, Project, Return, Voucher
from tests import county
from tests.checker.recompute import differences
from tests.county import ENTERS, GOVERNMENT, PARTY, REVIEWS
from tests.projects.workbooks import SHEETS, made

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = (Unit, UnitAlias, Target, Enterprise, Project, Agreement, Voucher)
LATER = {
    "明细": [
        *SHEETS["明细"],
        ["景区开发项目", "城关镇", "2012-04-01", 50, "银行进账单", "J2"],
        ["养殖项目", "财政局", "2012-04-02", 30, "银行进账单", "J3"],
    ]
}


def kept() -> dict[str, int]:
    with county.looking():
        return {model.__name__: model.objects.count() for model in KEPT}


def submitted() -> set[str]:
    with county.looking():
        return set(Return.objects.filter(submitted_at__isnull=False).values_list("unit__name", flat=True))


def undo(batch: int, *more: str) -> str:
    return county.run("load_workbook", "--undo", batch, "--as", ENTERS, *more)


@pytest.mark.covers("F-34", "F-35", "I3", "I12")
def test_load_undo_load():
    county.set_up()
    batch = county.load(county.OFFICE)["batch"]
    before, loaded = kept(), county.both("reported")
    assert len(submitted()) == 98

    said = undo(batch, "--reason", "导错了文件")
    assert said == f"批次 {batch} 已撤销：申报已冲销，报表退回未报；单位、企业和项目保留。\n"
    assert kept() == before
    assert submitted() == set()
    with county.looking():
        claims = list(Claim.objects.values_list("state", "reverses_id"))
        assert [state for state, _ in claims] == ["reversed"] * 540
        assert len({origin for _, origin in claims if origin}) == 270
    for basis in ("reported", "reviewed", "verified"):
        told = county.both(basis)
        standing, figures = told["standing"], told["figures"]
        assert (standing["paid_in_wan"], standing["pending_wan"]) == (0, 0)
        sizes = {name: len(units) for name, units in standing["classes"].items() if units}
        assert sizes == {"not_reported": 100}
        assert set(standing["unit_paid_wan"].values()) == {None}
        counted = {key: value for key, value in figures.items() if not key.startswith("introduced_")}
        assert {key for key, value in counted.items() if value} == {"as_of", "basis"}

    again = county.load(county.OFFICE)
    assert (again["findings"], again["written"]) == ([], {"claims": 270, "returns": 98})
    assert county.both("reported") == loaded
    assert kept() == before
    undo(again["batch"])
    county.load(county.OFFICE)
    county.decide(REVIEWS, PARTY, GOVERNMENT)
    county.close()
    expected = county.exactly((county.DATA / "expected.json").read_text("utf-8"))
    assert differences(expected, county.both()) == []
    assert county.run("verify_changes").endswith("没有发现问题。\n")


@pytest.mark.covers("F-35", "I3")
def test_undo_is_refused_when_somebody_acted_or_it_was_undone(tmp_path):
    file = tmp_path / "book.xlsx"
    file.write_bytes(made(SHEETS))
    county.set_up()
    batch = county.load(file)["batch"]
    for other in (batch + 1, 1):  # the first one is a neighbour's
        said = county.refusal("load_workbook", "--undo", other, "--as", ENTERS)
        assert said == f"没有编号为 {other} 的导入批次。"
    said = county.refusal("load_workbook", "--undo", batch, "--as", PARTY)
    assert said == "zhao 在 611023 没有可办理此事的岗位。"
    undo(batch)
    before = county.everything()
    assert county.refusal("load_workbook", "--undo", batch, "--as", REVIEWS) == "这个批次已经撤销。"
    assert county.everything() == before

    batch = county.load(file)["batch"]
    county.decide(REVIEWS)
    before = county.everything()
    said = county.refusal("load_workbook", "--undo", batch, "--as", ENTERS)
    assert said == "已有 7 笔申报有了核实意见，不能撤销整批；请逐笔更正。"
    assert county.everything() == before


@pytest.mark.covers("F-35")
def test_undoing_the_later_of_two_workbooks_leaves_the_earlier_one(tmp_path):
    """What the first one reported stays reported: its Returns are not taken back."""
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    first.write_bytes(made(SHEETS | {"零": SHEETS["零"][:2]}))
    second.write_bytes(made(LATER))
    county.set_up()
    county.load(first)
    before = county.both("reported")
    later = county.load(second)
    assert later["written"] == {"vouchers": 2, "claims": 2, "returns": 2}
    assert county.figures("reported")["paid_in_wan"] == 280

    undo(later["batch"])
    assert submitted() == {"城关镇", "财政局"}
    assert county.both("reported") == before
    assert county.decide(REVIEWS) == ["初审：认可 7 笔，免初审 0 笔，留下 0 笔。\n"]


@pytest.mark.covers("F-35", "I1")
def test_after_undo_the_row_is_read_as_it_stands_then(tmp_path):
    """Other amounts, another day and kind of signature, another paper: once loaded, they load once."""
    project = ["景区开发项目", "北京甲公司", "城关镇", 900, 750, "意向", "2012-01-15", "否"]
    corrected = SHEETS | {
        "台账": [*SHEETS["台账"][:2], project, SHEETS["台账"][3]],
        "明细": [*SHEETS["明细"][:2], ["景区开发项目", "城关镇", "2012-03-02", 180, "银行进账单", "J1"]],
    }
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    first.write_bytes(made(SHEETS))
    second.write_bytes(made(corrected))
    county.set_up()
    undo(county.load(first)["batch"])
    county.load(second)
    told = county.figures("reported")
    assert [told[key] for key in ("paid_in_wan", "introduced_wan", "contracts", "projects_introduced")] == [
        180,
        1050,
        0,
        2,
    ]
    before = county.everything()
    again = county.load(second)
    assert (again["findings"], again["written"]) == ([], {})
    assert county.everything() == before
