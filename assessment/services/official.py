"""Independent tables (独立数据): named by the superior, loaded by it or by the unit that owns them.

The county whose figures they test reads them and does not touch them; the database has the last word.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from assessment import rules
from assessment.choices import COUNTED_IN, SourceKind
from assessment.models import OfficialFigure, OfficialSource
from assessment.queries import official
from assessment.queries.visible import sources_for
from projects.models import Enterprise
from projects.sheets import figure_list
from projects.sheets.figure_list import Listed, Read
from projects.sheets.reader import BookRefused


@dataclass(frozen=True)
class Paper:
    """With what a table came: its document, the day up to which it stands, why it corrects (else "")."""

    document: str
    as_of: dt.date
    reason: str


@transaction.atomic
def add_source(
    *, post: ActingPost, name: str, kind: str, owner_unit: Unit | None, margin: int
) -> OfficialSource:
    """Name a table and who owns it; ``margin`` in %. Raises Forbidden, Refused, ValidationError by field."""
    _keeps(post)
    act("source.add")
    source = OfficialSource(name=name.strip(), kind=kind, owner_unit=owner_unit, margin=margin)
    return _written(source)


@transaction.atomic
def edit_source(
    *, post: ActingPost, source_id: int, name: str, owner_unit: Unit | None, margin: int, reason: str
) -> OfficialSource:
    """Rename a table, give it another owner or margin.

    Raises Forbidden, NotFound, Refused, ValidationError by field.
    """
    _keeps(post)
    act("source.edit", reason=reason)
    source = sources_for(post).select_for_update(of=("self",), no_key=True).filter(pk=source_id).first()
    if source is None:
        raise NotFound("没有这项独立数据。")
    source.name, source.owner_unit, source.margin = name.strip(), owner_unit, margin
    return _written(source)


def examine(
    *, source: OfficialSource, content: bytes, file_name: str, paper: Paper, today: dt.date
) -> Listed:
    """Read and check a table; writes nothing. Raises Refused when the file is no workbook."""
    try:
        return figure_list.check(
            content,
            file_name,
            told=_told(source),
            correcting=bool(paper.reason),
            as_of=paper.as_of,
            today=today,
        )
    except BookRefused as refusal:
        raise Refused(str(refusal)) from refusal


@transaction.atomic
def load(
    *, post: ActingPost, source_id: int, content: bytes, file_name: str, paper: Paper, today: dt.date
) -> int:
    """Load, and with a reason correct, all figures of a table that has no error; says how many.

    One act: a correction when a figure is replaced. Raises NotFound, Forbidden, Refused.
    """
    # Locked: two who load the same table follow each other.
    found = sources_for(post).select_for_update(of=("self",), no_key=True)
    source = found.filter(pk=source_id).first()
    if source is None:
        raise NotFound("没有这项独立数据。")
    if not rules.loads_of(post, source.owner_unit_id):
        raise Forbidden("独立数据由上级或负责该数据的单位载入。")
    listed = examine(source=source, content=content, file_name=file_name, paper=paper, today=today)
    if not listed.is_clean:
        raise Refused("表中还有错误，没有写入任何数据。")
    if not listed.figures:
        return 0
    corrects = any(figure.was is not None for figure in listed.figures)
    act("official.correct" if corrects else "official.load", reason=paper.reason)
    with explained():
        return len(OfficialFigure.objects.bulk_create(_rows(source, listed.figures, paper)))


def _rows(source: OfficialSource, figures: tuple[Read, ...], paper: Paper) -> list[OfficialFigure]:
    standing = official.standing(source)
    measures: dict[str, int] = dict(official.money_measures())
    return [
        OfficialFigure(
            source=source,
            credit_code=figure.credit_code or None,
            firm_name=figure.firm,
            measure_id=measures[figure.measure] if figure.measure else None,
            month=figure.month,
            value=figure.value,
            as_of=paper.as_of,
            document=paper.document,
            replaces_id=standing[figure.subject].pk if figure.was is not None else None,
        )
        for figure in figures
    ]


def _told(source: OfficialSource) -> figure_list.Told:
    """What the checks of a table ask of the tenant. Three queries at most."""
    kind = SourceKind(source.kind)
    firms = Enterprise.objects.filter(credit_code__isnull=False)
    measures = official.money_measures() if kind == SourceKind.OFFICIAL else ()
    return figure_list.Told(
        layout=official.LAYOUTS[kind],
        counted_in=str(COUNTED_IN.get(kind, "")),
        standing={subject: figure.value for subject, figure in official.standing(source).items()},
        firms={code: name for code, name in firms.values_list("credit_code", "name") if code},
        measures=[name for name, _first in measures],
    )


def _written(source: OfficialSource) -> OfficialSource:
    source.full_clean()
    with explained():
        source.save()
    return source


def _keeps(post: ActingPost) -> None:
    if not rules.keeps_sources(post):
        raise Forbidden("独立数据来源由上级设定。")
