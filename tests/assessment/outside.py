"""Independent tables that tests plant in county A, through the services, as the city's officer."""

import datetime as dt

from accounts.models import Unit
from assessment.choices import SourceKind
from assessment.models import OfficialSource
from assessment.services import official
from tests.sheets import workbook
from tests.world import TODAY, looking_down

FIRM = "91350100M000100Y43"
OTHER_FIRM = "91610000221525321P"
AS_OF = dt.date(2012, 7, 1)
VALUE = {
    SourceKind.TAX: "税收",
    SourceKind.SOCIAL_INSURANCE: "参保人数",
    SourceKind.ELECTRICITY: "用电量",
    SourceKind.STATISTICS: "固定资产投资",
}


def source(world, name: str, kind: str, *, owner: str = "", margin: int = 20) -> int:
    """A table of county A."""
    with looking_down(world.city.posts["officer"], world.a) as post:
        unit = Unit.objects.get(name=owner) if owner else None
        made = official.add_source(post=post, name=name, kind=kind, owner_unit=unit, margin=margin)
        return made.pk


def load(world, source_id: int, rows: list[tuple[str, int, object]], *, reason: str = "") -> None:
    """Figures of firms: (credit code, month of 2012, value)."""
    with looking_down(world.city.posts["officer"], world.a) as post:
        kind = OfficialSource.objects.get(pk=source_id).kind
        header = ["信用代码", "月份", VALUE[SourceKind(kind)]]
        content = workbook(("数据", [header, *([code, f"2012-{m:02}", value] for code, m, value in rows)]))
        _load(post, source_id, content, reason)


def load_official(world, source_id: int, rows: list[tuple[str, int, object, str]]) -> None:
    """Official counts: (measure, month of 2012, value, credit code or "")."""
    header = ["指标", "月份", "数值", "信用代码"]
    content = workbook(("数据", [header, *([name, f"2012-{m:02}", value, c] for name, m, value, c in rows)]))
    with looking_down(world.city.posts["officer"], world.a) as post:
        _load(post, source_id, content, "")


def _load(post, source_id: int, content: bytes, reason: str) -> None:
    official.load(
        post=post,
        source_id=source_id,
        content=content,
        file_name="x.xlsx",
        paper=official.Paper("来文", AS_OF, reason),
        today=TODAY,
    )
