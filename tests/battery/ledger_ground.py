"""County A made ready for a long walk: more people and interests, and its rows as the owner reads them."""

import datetime as dt
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg.rows import dict_row

from accounts import scope
from accounts.acts import act
from accounts.choices import Role, UnitKind
from accounts.models import Post, Unit
from accounts.operator import as_migrator
from accounts.queries.posts import ActingPost
from accounts.services import tenants, units
from projects.models import Enterprise, Period, Project
from projects.services import periods
from tests.battery.ledger_model import Entry, Filing, Hand, Ledger, Said, Span
from tests.conftest import migrator_connection
from tests.world import FROM, County, World, acting

THIRD = "第三督查室"
# name -> (kind, parent, leader's office)
UNITS = {
    THIRD: (UnitKind.OFFICE, None, None),
    "西河村": (UnitKind.TOWN, "水沟镇", None),
    "工业园区": (UnitKind.PARK, None, THIRD),
}
# stem -> posts (unit, role, until); the first is acted in
PEOPLE: dict[str, list[tuple[str, Role, dt.date | None]]] = {
    "third_inspector": [(THIRD, Role.INSPECTION, None)],
    "village_inspector": [(THIRD, Role.INSPECTION, None), ("西河村", Role.REPORTER, None)],
    "loaned_clerk": [("招商局", Role.BUREAU, None), ("城关镇", Role.REPORTER, dt.date(2012, 3, 31))],
    "park_reporter": [("工业园区", Role.REPORTER, None)],
    "village_head": [("西河村", Role.HEAD, None)],
    # What is returned to an office is for its head to answer.
    "bureau_head": [("招商局", Role.HEAD, None)],
    "party_head": [("县委办", Role.HEAD, None)],
    "government_head": [("县政府办", Role.HEAD, None)],
}
PROJECTS = {"城关镇": 2012, "工业园区": 2011, "西河村": 2012}

CLAIMS = """
    SELECT id, unit_id, booked_in_id, project_id, kind, happened_on, reported, split_id, voucher_id,
        agreement_id, reverses_id, replaces_id, entered_by_id, reviewed, verified, superior, state
    FROM projects_claim WHERE tenant_id = %s"""
OPINIONS = """
    SELECT id, claim_id, step, verdict, accepted, actor_id, post_label
    FROM assessment_opinion WHERE tenant_id = %s ORDER BY id"""
RETURNS = """
    SELECT id, unit_id, period_id, submitted_at IS NOT NULL AS submitted,
        reports_closed_at IS NOT NULL AS reports, opinions_closed_at IS NOT NULL AS opinions, seal,
        CASE WHEN opinions_closed_at IS NOT NULL THEN sec.return_seal(tenant_id, id) ELSE '' END AS resealed
    FROM projects_return WHERE tenant_id = %s"""
# What is booked in a closed Return; the superior's column and whether a claim was taken back stay open.
DIGESTS = """
    SELECT r.id, md5(coalesce((
        SELECT string_agg((to_jsonb(c) - 'superior' - 'state')::text, '|' ORDER BY c.id)
        FROM projects_claim c WHERE c.booked_in_id = r.id), '') || coalesce((
        SELECT string_agg(to_jsonb(o)::text, '|' ORDER BY o.id)
        FROM assessment_opinion o JOIN projects_claim c ON c.id = o.claim_id
        WHERE c.booked_in_id = r.id AND o.step <> 'superior'), '')) AS digest
    FROM projects_return r WHERE r.id = ANY(%s)"""


class Owner:
    """Reads the county's rows past every wall, on a connection of its own."""

    def __init__(self, tenant_id: int):
        self.tenant_id = tenant_id
        self.connection: psycopg.Connection[Any] = migrator_connection()
        self.connection.row_factory = dict_row

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        return self.connection.execute(query, parameters).fetchall()

    def close(self) -> None:
        self.connection.close()

    def table(self, name: str) -> list[dict[str, Any]]:
        """A whole table of the county."""
        return self.rows(f"SELECT * FROM {name} WHERE tenant_id = %s", self.tenant_id)

    def claims(self, *ids: int) -> list[dict[str, Any]]:
        """These claims, or all."""
        if ids:
            return self.rows(f"{CLAIMS} AND id = ANY(%s)", self.tenant_id, list(ids))
        return self.rows(CLAIMS, self.tenant_id)

    def opinions(self) -> list[dict[str, Any]]:
        return self.rows(OPINIONS, self.tenant_id)

    def returns(self) -> list[dict[str, Any]]:
        return self.rows(RETURNS, self.tenant_id)

    def digests(self, ids: list[int]) -> dict[int, str]:
        return {row["id"]: row["digest"] for row in self.rows(DIGESTS, ids)}

    def acts(self) -> int:
        """How many acts the county's change log has."""
        found = self.rows("SELECT max(pos) AS pos FROM accounts_change WHERE tenant_id = %s", self.tenant_id)
        return found[0]["pos"]


@dataclass
class Scene:
    """The county as the walk begins: who can act, for which units and projects, and its ledger."""

    tenant_id: int
    code: str
    firm: int
    split: int
    stranger: int  # a person of the neighbouring county
    ledger: Ledger = field(default_factory=Ledger)
    posts: dict[str, ActingPost] = field(default_factory=dict)
    hands: dict[str, Hand] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    projects: dict[int, int] = field(default_factory=dict)  # of a unit


def prepare(world: World) -> Scene:
    """More units, people and projects by committed acts; then the ledger as it stands."""
    a = world.a
    scene = Scene(a.tenant_id, a.code, a.rows["enterprise"], a.rows["split"], world.b.posts["clerk"].user_id)
    scene.posts = dict(a.posts)
    for name, (kind, parent, office) in UNITS.items():
        with acting(a.posts["clerk"]) as clerk:
            above, leads = (Unit.objects.filter(name=other).first() for other in (parent, office))
            units.add(post=clerk, name=name, kind=kind, parent=above, leader_office=leads, starts_on=FROM)
    for stem, posts in PEOPLE.items():
        scene.posts[stem] = _appointed(a, stem, posts)
    scene.posts |= {"officer": world.city.posts["officer"], "townsman": _townsman(world)}
    with acting(a.posts["clerk"]):
        act("project.add")
        firm = Enterprise.objects.get(pk=scene.firm)
        for name, year in PROJECTS.items():
            Project.objects.create(
                name=f"{name}项目", enterprise=firm, unit=Unit.objects.get(name=name), year_introduced=year
            )
    with acting(a.posts["clerk"]):
        act("period.open")
        periods.add_missing_returns(Period.objects.get(pk=a.rows["period"]))
        scene.units = dict(Unit.objects.values_list("name", "pk"))
        scene.projects = dict(Project.objects.order_by("-pk").values_list("unit_id", "pk"))
    scene.hands = {stem: _hand(stem, post, a) for stem, post in scene.posts.items()}
    scene.posts["stranger"] = world.b.posts["clerk"]
    scene.ledger = _read(a)
    return scene


def _hand(stem: str, post: ActingPost, county: County) -> Hand:
    superior = post.tenant_id != county.tenant_id
    label = f"{post.unit_name}·{post.role}"
    return Hand(stem, post.user_id, post.unit_id, str(post.role), label, superior)


def _appointed(county: County, stem: str, posts: list[tuple[str, Role, dt.date | None]]) -> ActingPost:
    with acting(county.posts["admin"]):
        act("user.add")
        person = _user(stem)
        made = [
            Post.objects.create(
                user_id=person, unit=Unit.objects.get(name=unit), role=role, from_on=FROM, until_on=until
            )
            for unit, role, until in posts
        ]
        return _acting(made[0], county)


def _townsman(world: World) -> ActingPost:
    """An officer of the city who also holds a post in a town of the county."""
    with acting(world.city.posts["admin"]):
        act("user.add")
        unit = Unit.objects.get(name="市招商局")
        post = Post.objects.create(user_id=_user("townsman"), unit=unit, role=Role.SUPERIOR, from_on=FROM)
        above = _acting(post, world.city)
    with as_migrator(), transaction.atomic(), scope.enter(world.a.tenant_id, kind=scope.OPERATOR):
        tenants.open_act(world.a.tenant_id, "post.add", "测试")
        town = Unit.objects.get(name="水沟镇")
        Post.objects.create(user_id=above.user_id, unit=town, role=Role.REPORTER, from_on=FROM)
    return above


def _user(stem: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.add_user(%s, %s, '', '!', false)", [f"walk_{stem}", stem])
        return cursor.fetchone()[0]


def _acting(post: Post, county: County) -> ActingPost:
    names = (post.unit.name, county.tenant_id, county.code, "", "county")
    return ActingPost(post.pk, post.role, post.unit_id, *names, post.from_on, post.until_on, post.user_id)


def _read(county: County) -> Ledger:
    """The ledger as the world has left it: what was entered and said, folded anew."""
    with closing(Owner(county.tenant_id)) as owner:
        ledger = Ledger()
        for row in owner.table("accounts_unit"):
            ledger.parents[row["id"]] = row["parent_id"]
            ledger.offices[row["id"]] = row["leader_office_id"]
        posts = owner.table("accounts_post")
        ledger.posts = [(row["user_id"], row["unit_id"], row["until_on"]) for row in posts]
        for row in owner.table("projects_splitline"):
            ledger.shares.setdefault(row["split_id"], {})[row["unit_id"]] = row["share"]
        ledger.faces = {row["id"]: row["face_wan"] for row in owner.table("projects_voucher")}
        projects = owner.table("projects_project")
        ledger.new_projects = {row["id"] for row in projects if row["year_introduced"] == FROM.year}
        read_periods(ledger, owner)
        for row in sorted(owner.claims(), key=lambda row: row["id"]):
            ledger.enter(entry_of(row, entered=-1))
        for row in owner.opinions():
            ledger.hear(row["claim_id"], said_of(row))
        for row in owner.returns():
            if row["submitted"]:
                ledger.filings[row["id"]].submitted = 0
    return ledger


def read_periods(ledger: Ledger, owner: Owner) -> None:
    """Periods and Returns that the ledger does not know yet; a new Return is open and not submitted."""
    for row in owner.rows("SELECT * FROM projects_period WHERE tenant_id = %s AND filed", owner.tenant_id):
        if row["id"] not in ledger.periods:
            span = Span(row["id"], row["kind"], row["starts_on"], row["ends_on"])
            ledger.periods[span.id] = span
    for row in owner.returns():
        if row["id"] not in ledger.filings:
            ledger.filings[row["id"]] = Filing(row["id"], row["unit_id"], row["period_id"])


def entry_of(row: dict[str, Any], *, entered: int) -> Entry:
    """What was entered, without any figure that somebody has decided."""
    own = (
        "unit",
        "booked_in",
        "project",
        "split",
        "voucher",
        "agreement",
        "entered_by",
        "reverses",
        "replaces",
    )
    return Entry(
        id=row["id"],
        kind=row["kind"],
        day=row["happened_on"],
        reported=row["reported"],
        entered=entered,
        **{name: row[f"{name}_id"] for name in own},
    )


def said_of(row: dict[str, Any]) -> Said:
    """An opinion of the world's, where no second office signs."""
    own = (row["id"], row["step"], row["verdict"], row["accepted"], row["actor_id"], row["post_label"])
    return Said(*own, joint=False)


def line_of(entry: Entry, now: tuple) -> dict[str, Any]:
    """The row that the database should hold for a claim."""
    own = (
        "unit",
        "booked_in",
        "project",
        "split",
        "voucher",
        "agreement",
        "entered_by",
        "reverses",
        "replaces",
    )
    row: dict[str, Any] = {f"{name}_id": getattr(entry, name) for name in own}
    row |= {"id": entry.id, "kind": entry.kind, "happened_on": entry.day, "reported": entry.reported}
    return row | dict(zip(("reviewed", "verified", "superior", "state"), now, strict=True))
