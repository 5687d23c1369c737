"""manage.py score and manage.py lint_scheme: thin commands, no database."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from .cases import SCHEMES


def command(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def paths(name):
    return "--scheme", str(SCHEMES / f"{name}.yaml"), "--facts", str(SCHEMES / f"{name}.facts.yaml")


def test_score_prints_every_line_in_words():
    out = command("score", *paths("01-city-2024"))
    assert "A区 总分=0.48+0.6+0.5+0.5+0.3+0.4=2.78" in out
    assert "签约项目 得分=[(28÷27→100%)×50%+(177.7÷54→100%)×50%]×0.5=0.50" in out


def test_score_as_json():
    data = json.loads(command("score", *paths("01-city-2024"), "--json"))
    (county, zone) = data["groups"]
    assert (county["group"], zone["units"]) == ("county", [])
    a = county["units"][0]
    assert (a["unit"], a["total"], a["rank"]) == ("A", 2.78, None)  # ranks are off
    line = a["lines"][2]
    assert (line["indicator"], line["points"], line["exact"]) == ("signed", 0.5, "0.5")
    assert line["facts"] == [
        "figure:A/signed/2024",
        "target:A/signed/2024",
        "figure:A/signed_amount/2024",
        "target:A/signed_amount/2024",
    ]
    assert [mark["kind"] for mark in line["trace"]["marks"]] == ["cap", "cap"]
    c = county["units"][2]["lines"][2]
    assert (c["points"], c["exact"][:12]) == (0.44, "0.4351851851")


def test_ranks_are_null_for_a_unit_that_does_not_compete():
    data = json.loads(command("score", *paths("14-panshan"), "--json"))
    finance, drc = data["groups"][0]["units"][:2]
    assert (finance["unit"], finance["rank"], finance["competes"], finance["total"]) == (
        "财政局",
        None,
        False,
        100,
    )
    assert (drc["rank"], drc["prize"]) == (1, "一等奖")


@pytest.mark.covers("F-65")
@pytest.mark.parametrize(("basis", "word"), [("reported", "申报数"), ("reviewed", "初审数")])
def test_a_score_over_unverified_figures_is_a_draft_without_places_and_grades(tmp_path, basis, word):
    facts = (SCHEMES / "14-panshan.facts.yaml").read_text(encoding="utf-8")
    draft = tmp_path / "draft.facts.yaml"
    draft.write_text(f"basis: {basis}\n{facts}", encoding="utf-8")
    call = ("score", "--scheme", str(SCHEMES / "14-panshan.yaml"), "--facts", str(draft))
    data = json.loads(command(*call, "--json"))
    final = json.loads(command("score", *paths("14-panshan"), "--json"))
    assert (final["basis"], final["draft"]) == ("verified", False)
    assert (data["basis"], data["draft"]) == (basis, True)
    for one, other in zip(data["groups"][0]["units"], final["groups"][0]["units"], strict=True):
        assert (one["total"], one["lines"]) == (other["total"], other["lines"])
        assert (one["rank"], one["grade"], one["prize"]) == (None, None, None)
        assert one["notes"][0] == f"草稿：按{word}计算，不排名、不定等次"
    assert any(one["rank"] for one in final["groups"][0]["units"])
    out = command(*call)
    assert out.startswith(f"【草稿·{word}】")
    assert out.count(f"草稿：按{word}计算，不排名、不定等次；总分=") == sum(
        len(group["units"]) for group in data["groups"]
    )


def test_not_computable_is_a_note():
    data = json.loads(command("score", *paths("08-yulin"), "--json"))
    v3 = data["groups"][0]["units"][2]
    assert v3["notes"][0] == "履约率：无法计算"
    assert v3["lines"][0]["state"] == "not_computable"


def test_a_document_in_json_reads_the_same(tmp_path):
    import datetime as dt

    import yaml

    def as_json(name):
        data = yaml.safe_load((SCHEMES / f"{name}.yaml").read_text(encoding="utf-8"))
        target = tmp_path / f"{name}.json"
        target.write_text(
            json.dumps(
                data,
                ensure_ascii=False,
                default=lambda day: str(day) if isinstance(day, dt.date) else day,
            ),
            encoding="utf-8",
        )
        return str(target)

    for name in ("01-city-2024", "07-industry-taskforce", "08-yulin"):
        plain = command("score", *paths(name), "--json")
        assert (
            command("score", "--scheme", as_json(name), "--facts", as_json(f"{name}.facts"), "--json")
            == plain
        )


def test_faults_are_told_and_fail_the_command(tmp_path):
    text = (
        (SCHEMES / "10-county-2006.yaml").read_text(encoding="utf-8").replace("paid >= task", "paid >= goal")
    )
    broken = tmp_path / "broken.yaml"
    broken.write_text(text, encoding="utf-8")
    for call in (
        ("lint_scheme", str(broken)),
        ("score", "--scheme", str(broken), *paths("10-county-2006")[2:]),
    ):
        with pytest.raises(CommandError) as caught:
            command(*call)
        assert "第21行 indicators[0].score.cases[0].when：算式“paid >= goal”：没有定义“goal”" in str(
            caught.value
        )


def test_lint_says_when_there_is_nothing_to_say():
    for scheme in sorted(SCHEMES.glob("*.yaml")):
        if not scheme.name.endswith(".facts.yaml"):
            assert "没有发现问题" in command("lint_scheme", str(scheme))


def test_a_missing_or_foreign_file_is_told(tmp_path):
    with pytest.raises(CommandError, match="读不到文件"):
        command("lint_scheme", str(tmp_path / "none.yaml"))
    other = tmp_path / "gbk.yaml"
    other.write_bytes("标题: 考核".encode("gbk"))
    with pytest.raises(CommandError, match="不是 UTF-8"):
        command("lint_scheme", str(other))


@pytest.mark.covers("S2-26", "S2-27", "S2-28", "S3-25", "S4-03", "F-60", "F-61", "F-62")
def test_size_classes_quarterly_tasks_and_quotas_of_leaders():
    data = json.loads(command("score", *paths("sizes-and-quarters"), "--json"))
    (town,), (leader,) = (group["units"] for group in data["groups"])
    assert [line["points"] for line in town["lines"]] == [46.5, 35]  # 6.2 of 3+5; 5 + 10 + 20
    assert town["lines"][1]["facts"] == ["甲", "乙", "丙", "丁"]
    assert town["lines"][0]["words"].split("；")[0] == "得分=(6.2÷8)×60=46.50"
    assert "乙 5分、丙 10分、丁 20分" in town["lines"][1]["words"]
    assert [line["points"] for line in leader["lines"]] == [50]  # one of two
