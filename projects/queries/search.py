"""One box over projects, firms, units and vouchers (F-105), through the visibility functions.

What another unit holds is named with that unit and opens nothing.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.pinyin import named
from accounts.queries.posts import ActingPost
from accounts.queries.units import called
from projects.models import Enterprise, Project, Voucher
from projects.queries.visible import enterprises_for, projects_for, vouchers_for
from projects.rules import reads_county, reads_data

PROJECTS, FIRMS, HELD, UNITS, VOUCHERS = "projects", "firms", "held", "units", "vouchers"
LABELS = {
    PROJECTS: _("项目"),
    FIRMS: _("企业"),
    HELD: _("由其他单位掌握"),
    UNITS: _("单位"),
    VOUCHERS: _("凭证"),
}
SHORTEST = 2  # one letter would list what others hold


@dataclass(frozen=True)
class Hit:
    """Something found: what it is, its name, a word beside it; ``key`` None opens nothing."""

    kind: str
    key: int | None
    name: str
    note: str


def groups(post: ActingPost, words: str) -> dict[str, QuerySet]:
    """What was found, by kind; the kinds that this post may look in. No query yet."""
    units = _units(words)
    if not reads_data(post):
        return {UNITS: units}
    found = {
        PROJECTS: projects_for(post).filter(_project(words)).select_related("unit", "enterprise"),
        FIRMS: enterprises_for(post).filter(_firm(words)),
        HELD: _held(post, words),
        UNITS: units,
        VOUCHERS: vouchers_for(post).filter(_voucher(words)).select_related("payer"),
    }
    ordered = {kind: rows.order_by("name", "pk") for kind, rows in found.items() if kind in (PROJECTS, FIRMS)}
    found |= ordered | {VOUCHERS: found[VOUCHERS].order_by("-dated_on", "-pk")}
    if reads_county(post):
        del found[HELD]
    return found


def hits(kind: str, rows: list) -> list[Hit]:
    """Rows of one kind as they are shown."""
    return [Hit(kind, None if kind == HELD else row.pk, *_told(kind, row)) for row in rows]


def _told(kind: str, row: Project | Enterprise | Unit | Voucher) -> tuple[str, str]:
    """Name and note of a row."""
    if isinstance(row, Voucher):
        return f"{row.get_kind_display()} {row.number}", str(row.payer)
    if isinstance(row, Unit):
        return row.name, str(row.get_kind_display())
    if isinstance(row, Enterprise):
        return row.name, row.credit_code or str(_("暂无代码"))
    if kind == HELD:
        return row.name, str(_("由{unit}掌握")).format(unit=row.unit)
    return row.name, f"{row.unit}，{row.enterprise}"


def _project(words: str) -> Q:
    """A project by its own name or its firm's."""
    return named(words) | named(words, "enterprise__") | _code(words, "enterprise__")


def _firm(words: str) -> Q:
    return named(words) | _code(words)


def _code(words: str, prefix: str = "") -> Q:
    """A 统一社会信用代码 from its beginning on."""
    code = "".join(words.split()).upper()
    if len(code) < SHORTEST or not (code.isascii() and code.isalnum()):
        return Q(pk__in=[])
    return Q(**{f"{prefix}credit_code__startswith": code})


def _voucher(words: str) -> Q:
    return Q(number__icontains="".join(words.split())) | named(words, "payer__")


def _units(words: str) -> QuerySet[Unit]:
    return Unit.objects.filter(called(words)).order_by("sort_key", "pk")


def _held(post: ActingPost, words: str) -> QuerySet[Project]:
    """Projects of other units whose name, or whose firm's, was searched."""
    if len(words) < SHORTEST:
        return Project.objects.none()
    others = Project.objects.filter(_project(words)).exclude(unit_id=post.unit_id)
    return others.select_related("unit").order_by("name", "pk")
