"""What waits for a post: numbers that open their rows, and what the post does next."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Role, TenantLevel
from accounts.models import Tenant
from accounts.queries.posts import ActingPost
from accounts.refusals import Refused
from assessment import rules as assessment_rules
from assessment.choices import MatterState, Step, UnitClass
from assessment.queries import draws, exports, matters, objections, queue
from assessment.queries.standing import Line, Standing, standing
from projects import rules
from projects.models import Claim, Period, Return
from projects.queries import papers, returns, workdays
from projects.queries.periods import unfiled
from projects.templatetags.amounts import percent, wan

WAITS = {
    Step.COMPLETENESS: gettext_lazy("笔申报待审材料"),
    Step.FIRST_REVIEW: gettext_lazy("笔申报待初审"),
    Step.INSPECTION: gettext_lazy("笔申报待核实"),
    Step.JOINT: gettext_lazy("笔申报待会签"),
}
RECENT = 8


@dataclass(frozen=True)
class Tile:
    """A number, what it counts, and the page with its rows. ``urgent`` ones wait for this post."""

    number: str
    label: str
    url: str
    urgent: bool = False


@dataclass
class Home:
    """The home page of a post."""

    tiles: list[Tile] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    as_of: dt.date | None = None
    counties: list[tuple[Tenant, Line | None, draws.Line | None]] = field(default_factory=list)


def of(post: ActingPost, *, county: Tenant | None, today: dt.date) -> Home:
    """The home page of this post. A fixed number of queries for each role."""
    if post.role in rules.OWN_UNIT:
        return _of_unit(post, today)
    if post.role in queue.STEP_OF_ROLE and post.role != Role.SUPERIOR:
        return _of_office(post, today)
    if post.role == Role.SUPERIOR and county is None and post.tenant_level != TenantLevel.COUNTY:
        return _of_superior(post, today)
    if rules.reads_data(post):
        return _of_leader(post, today)
    return Home(tiles=_exports_to_answer(post) + _calendar_tiles(post, today))


def _of_unit(post: ActingPost, today: dt.date) -> Home:
    """A unit's people: what came back, what is still to be filed, what was entered last."""
    waiting = queue.waiting(post, Step.UNIT).count()
    open_returns = list(
        returns.listed(post)
        .filter(
            period__filed=True,
            period__starts_on__lte=today,
            reports_closed_at__isnull=True,
            unit_id=post.unit_id,
        )
        .order_by("period__due_on", "pk")
    )
    tiles = [Tile(str(waiting), _("笔申报被退回，待补正"), reverse("queue"), urgent=waiting > 0)]
    tiles += _orders_to_answer(post)
    if post.role == Role.HEAD:
        tiles += _tiles_to_confirm(post)
    return Home(
        tiles=[*tiles, *_tiles_of_unit(post.unit_id, today)],
        returns=open_returns,
        claims=list(papers.latest_claims(post, RECENT)),
    )


def _tiles_of_unit(unit_id: int, today: dt.date) -> list[Tile]:
    """The unit's own line of the standing at the end of the month before; nothing without a task."""
    table = _month_end(today)
    line = next((one for one in table.lines if one.unit_id == unit_id), None) if table else None
    if table is None or line is None or line.target is None:
        return []
    day = f"?as_of={table.as_of}"
    return [
        Tile(
            wan(line.amount),
            _("万元，截至{day}本单位核实{measure}（任务 {target} 万元，待核实 {pending} 万元）").format(
                day=_day(table), measure=table.measure, target=wan(line.target), pending=wan(line.pending)
            ),
            reverse("standing_claims", args=[unit_id]) + day,
        ),
        Tile(
            percent(line.completion),
            _("完成任务比例：{unit_class}（时序进度 {schedule}%）").format(
                unit_class=line.unit_class.label, schedule=table.schedule
            ),
            reverse("standing_targets", args=[unit_id]) + day,
            urgent=line.unit_class in {UnitClass.ZERO, UnitClass.BEHIND, UnitClass.NOT_REPORTED},
        ),
    ]


def _month_end(today: dt.date) -> Standing | None:
    """The standing at the end of the month before; None where nothing is measured."""
    try:
        return standing(as_of=today.replace(day=1) - dt.timedelta(days=1))
    except Refused:
        return None


def _tiles_to_confirm(post: ActingPost) -> list[Tile]:
    """Returns that were filed on the unit's behalf and wait for its head; the tile opens the first."""
    found = returns.in_state(returns.listed(post), returns.TO_CONFIRM).filter(unit_id=post.unit_id)
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return []
    return [Tile(str(len(keys)), _("份代填报表待确认"), reverse("return", args=[keys[0]]), urgent=True)]


def _orders_to_answer(post: ActingPost) -> list[Tile]:
    """Inspection notices (督办单) that wait for the unit's answer. One query."""
    waiting = matters.listed(post).filter(unit=post.unit_id, state=MatterState.OPEN).count()
    page = f"{reverse('matters')}?unit={post.unit_id}&state={MatterState.OPEN}"
    return [Tile(str(waiting), _("份督办单待回复"), page, urgent=True)] if waiting else []


def _of_inspection(post: ActingPost, today: dt.date) -> list[Tile]:
    """What units have answered, let pass or objected to, for the office that deals with it. Two queries."""
    counted = matters.listed(post).aggregate(
        replied=Count("pk", filter=Q(state=MatterState.REPLIED)), late=Count("pk", filter=matters.late(today))
    )
    page = reverse("matters")
    waiting = [
        (counted["replied"], _("份督办单已回复，待销号"), f"{page}?state={MatterState.REPLIED}"),
        (counted["late"], _("份督办单逾期未回复"), f"{page}?state={matters.OVERDUE}"),
        (
            objections.listed(post, open_only=True).count(),
            _("件异议待答复"),
            f"{reverse('objections')}?state=open",
        ),
    ]
    return [Tile(str(number), label, url, urgent=True) for number, label, url in waiting if number]


def _calendar_tiles(post: ActingPost, today: dt.date) -> list[Tile]:
    """Years whose work days are needed and not known, for those who keep the calendar."""
    if not rules.may_keep_calendar(post):
        return []
    return [
        Tile(str(year), _("年的工作日历还没有载入"), reverse("calendar_year", args=[year]), urgent=True)
        for year in workdays.missing_years(today)
    ]


def _of_office(post: ActingPost, today: dt.date) -> Home:
    """The bureau and the inspection offices: what waits for an opinion, who has not filed."""
    periods = list(
        returns.periods_begun(today)
        .filter(closed_at__isnull=True)
        .annotate(
            all_returns=Count("returns"),
            missing=Count("returns", filter=unfiled("returns__")),
        )
    )
    tiles = [_waiting_at(post, step) for step in queue.steps_of(post)]
    inspects = assessment_rules.issues_matters(post)
    tiles += _of_inspection(post, today) if inspects else _orders_to_answer(post)
    if periods:
        latest = periods[0]
        tiles.append(
            Tile(
                str(latest.missing),
                _("个单位未报“{period}”").format(period=latest),
                f"{reverse('returns')}?period={latest.pk}&state={returns.MISSING}",
            )
        )
    if post.role == Role.BUREAU and (table := _month_end(today)):
        tiles += _tiles_of(table)
    return Home(tiles=tiles + _calendar_tiles(post, today), periods=periods)


def _waiting_at(post: ActingPost, step: Step) -> Tile:
    """What waits for the office at one of its steps."""
    waiting = queue.waiting(post, step).count()
    return Tile(str(waiting), str(WAITS[step]), f"{reverse('queue')}?step={step}", urgent=waiting > 0)


def _of_superior(post: ActingPost, today: dt.date) -> Home:
    """A superior: the jurisdiction's standing, and each one below with its line of it and its last draw."""
    below = Tenant.objects.filter(parent_id=post.tenant_id).order_by("code")
    home = _of_leader(post, today)
    lines = {line.jurisdiction_id: line for line in home.lines}
    drawn = draws.newest_below()
    home.counties = [(tenant, lines.get(tenant.pk), drawn.get(tenant.pk)) for tenant in below]
    return home


def _of_leader(post: ActingPost, today: dt.date) -> Home:
    """A leader: three numbers of the standing at the end of the month before; each opens the standing."""
    table, tiles = _month_end(today), _exports_to_answer(post)
    if table is None:
        return Home(tiles=tiles)
    return Home(tiles=tiles + _tiles_of(table), lines=table.lines, as_of=table.as_of)


def _exports_to_answer(post: ActingPost) -> list[Tile]:
    """Bulk exports of others that wait for an approval of this post. One query for those who answer."""
    number = exports.to_answer(post)
    return [Tile(str(number), _("份导出申请待审批"), reverse("exports"), urgent=True)] if number else []


def _day(table: Standing) -> str:
    """The day that the figures on the tiles are of: what was filed later is not among them."""
    return f"{table.as_of.month}月{table.as_of.day}日"


def _tiles_of(table: Standing) -> list[Tile]:
    page = f"{reverse('standing')}?as_of={table.as_of}"
    zero = len(table.of_class(UnitClass.ZERO))
    return [
        Tile(
            wan(table.amount),
            _("万元，截至{day}核实{measure}（待核实 {pending} 万元）").format(
                day=_day(table), measure=table.measure, pending=wan(table.pending)
            ),
            page,
        ),
        Tile(
            percent(table.completion),
            _("完成任务比例（时序进度 {schedule}%）").format(schedule=table.schedule),
            page,
        ),
        Tile(str(zero), _("个单位未破零"), page, urgent=zero > 0),
    ]
