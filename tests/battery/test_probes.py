"""County A's people, one by one, after every row of county B: by raw SQL as the application's role."""

from collections import Counter
from collections.abc import Iterator

import pytest
from psycopg.pq import TransactionStatus

from accounts import scope
from tests.battery import planting, probes, unused
from tests.battery.probes import Ask, Probe, Rows
from tests.walls.ground import Ground, Outcome, attempt, begin, context_of, looking_down, tables
from tests.walls.isolation import EVERY_COMMAND, TASKS_WRITE
from tests.world import CANARY

pytestmark = [pytest.mark.battery, pytest.mark.walls, pytest.mark.django_db(transaction=True)]

ENOUGH = 20_000
# The statement may fail for a reason that the savepoint must survive; plain reads need none.
PLAIN = {"select", "count", "exists", "join", "outer join", "unique key"}

# What nobody may write, so that the twin is refused as well: kind of probe and table -> why.
REFUSED_TO_ALL = {
    ("reference", "projects_lead"): "a lead begins without the project that it leads to",
    ("name", "projects_stagechange"): "nobody has decided a change that begins to wait",
    ("name", "assessment_draw"): "the database says who drew",
    ("collide by reference", "assessment_draw"): "the database numbers the draws of a period",
    ("collide behind a guard", "projects_claim"): "a second reversal is refused before its key is looked at",
    ("name", "assessment_snapshot"): "only an inspector publishes, whose name is put in",
    ("name", "assessment_objection"): "only a unit objects, whose person is put in, and nobody has answered",
    ("name", "assessment_exportrequest"): "who asks is put in, and nobody has answered",
    ("name", "assessment_matter"): "who issues it is the database's own to say",
    ("name", "assessment_matterstep"): "who takes a step is the database's own to say",
    ("name", "assessment_officialfigure"): "it is loaded by the superior, whoever is named",
}
# What those who mostly read may write by design, as the walls have it: nothing there is a leak.
MAY_WRITE = {
    "task in A": TASKS_WRITE,
    # The forms that a superior sends twice, samples, independent tables, and Returns that are opened again,
    # which a guard tells from other changes; opinions are probed, since the superior's step alone is open.
    "superior in A": {
        "accounts_sentform": EVERY_COMMAND,
        "assessment_draw": {"INSERT"},
        "assessment_officialsource": EVERY_COMMAND,
        "assessment_officialfigure": EVERY_COMMAND,
        "projects_return": {"UPDATE"},
        # The file of a check on the site; what binds a file to anything, and to what, a guard tells.
        "projects_evidence": {"INSERT"},
    },
}
WRITES = {**dict.fromkeys(("update", "lock", "redirect", "give away"), "UPDATE"), "delete": "DELETE"}
# What each grant must have been tried with, on every table that gives it.
TRIED = {
    "SELECT": {"select", "count", "exists", "join", "outer join", "arithmetic"},
    "INSERT": {"invade"},
    "UPDATE": {"update", "lock", "give away"},
    "DELETE": {"delete"},
}


class Tally:
    """Probes by kind: distinct ones, those whose twin succeeded, and the leaks with their words."""

    def __init__(self):
        self.seen: set[tuple] = set()
        self.counted: Counter[tuple[str, str]] = Counter()
        self.idle: Counter[tuple[str, str]] = Counter()
        self.leaks: list[str] = []

    def add(self, persona: str, probe: Probe, outcome: Outcome, *, alive: bool) -> None:
        key = persona, probe.ask
        if key in self.seen:
            return
        self.seen.add(key)
        (self.counted if alive else self.idle)[probe.kind, probe.table] += 1
        if probe.leaks(outcome) or CANARY in outcome.words or CANARY in str(outcome.rows):
            self.leaks.append(f"{persona}: {probe.kind}: {probe.ask} -> {outcome}")

    def __str__(self):
        kinds: Counter[str] = Counter()
        for (kind, _table), count in self.counted.items():
            kinds[kind] += count
        lines = [f"{kind:<22}{count:>7}" for kind, count in sorted(kinds.items())]
        total = sum(self.counted.values())
        idle = "".join(f"\n  {kind} {table} {count}" for (kind, table), count in sorted(self.idle.items()))
        return "\n".join(
            [
                *lines,
                f"{'distinct, twin well':<22}{total:>7}",
                f"leaks {len(self.leaks)}; twin refused too (not counted): {idle or 'none'}",
            ]
        )


class Twins:
    """Whether a probe's twin succeeds, asked once as the person of county A who may."""

    def __init__(self, ground: Ground):
        # On connections of their own: the probes' transaction is another person's.
        self.ground, self.known = Ground(ground.database, ground.world), {}

    def alive(self, probe: Probe) -> bool:
        return any(self._succeeds(ask, probe) for ask in probe.twins)

    def _succeeds(self, ask: Ask, probe: Probe) -> bool:
        if ask not in self.known:
            self.known[ask] = probe.succeeds(self._outcome(ask))
        return self.known[ask]

    def _outcome(self, ask: Ask) -> Outcome:
        with self.ground.context(self._context(ask)) as app:
            begin(app)
            return attempt(app, ask.statement, ask.params, settle=ask.settle)

    def _context(self, ask: Ask) -> str:
        """Of whoever may do this: samples and outside tables are the superior's, all else the county's."""
        world = self.ground.world
        outside = "assessment_official" in ask.statement and not ask.statement.startswith("SELECT")
        if outside or ask.statement.startswith("INSERT INTO assessment_draw "):
            return looking_down(world.city.posts["officer"], world.a)
        return context_of(world.a.posts[self._stem(ask)])

    def _stem(self, ask: Ask) -> str:
        """Who in county A may do this."""
        if any(table in ask.statement for table in ("accounts_post", "accounts_client")):
            return "admin"
        reply = "assessment_matterstep" in ask.statement and '"kind": "reply"' in str(ask.params)
        if reply or "INSERT INTO assessment_objection" in ask.statement:
            return "head"
        # Publishing and matters are the inspection office's.
        if "INSERT INTO assessment_snapshot" in ask.statement or "assessment_matter" in ask.statement:
            return "party_inspector"
        # The mailbox that stands is the inspector's; a new one is the clerk's.
        new = f'"post_id": {self.ground.world.a.posts["clerk"].id}' in str(ask.params)
        if "inspection" in str(ask.params) or ("assessment_mailbox" in ask.statement and not new):
            return "party_inspector"
        return "clerk"


def personas(ground: Ground) -> Iterator[tuple[str, str, bool, bool]]:
    """Name, context, whether an act can be opened, whether the persona may read county B."""
    a, city = ground.world.a, ground.world.city
    for stem, post in a.posts.items():
        yield stem, context_of(post), True, False
    for stem in ("clerk", "head", "admin"):
        own = scope.Scope(None, a.posts[stem].user_id, None, scope.IDENTITY)
        yield f"{stem}, identity only", scope.signed(own), False, False
    yield "operator in A", context_of(a.posts["clerk"], scope.OPERATOR), False, False
    yield "task in A", scope.signed(scope.Scope(a.tenant_id, None, None, scope.TASK)), True, False
    yield "superior in A", looking_down(city.posts["officer"], a), True, False
    yield "city in its own scope", context_of(city.posts["officer"]), True, True


def probes_of(rows: Rows, granted: dict[str, set[str]], *, reads_it: bool) -> Iterator[Probe]:
    """Every probe of one persona; who may read the county is asked for writes only."""
    if not reads_it:
        yield from probes.reading(rows)
        yield from probes.without_tenant(rows)
        yield from probes.calling(rows)
    yield from probes.changing(rows, granted)
    yield from planting.planting(rows, granted)
    yield from planting.appointing(rows)
    yield from planting.naming(rows, granted)
    yield from planting.invading(rows, granted)
    if not reads_it:
        yield from planting.colliding(rows, granted)


def may_write(persona: str, probe: Probe) -> bool:
    """Whether this is a persona's own right in county A."""
    return WRITES.get(probe.kind, "INSERT") in MAY_WRITE.get(persona, {}).get(probe.table, ())


def run(ground: Ground, persona, work, twins: Twins, tally: Tally) -> None:
    name, context, acts, _reads = persona
    with ground.context(context) as app:
        if acts:
            begin(app)
        for probe in work:
            if probe.kind in PLAIN:
                cursor = app.execute(probe.ask.statement, probe.ask.params)
                outcome = Outcome(cursor.fetchall(), cursor.rowcount)
            else:
                outcome = attempt(app, probe.ask.statement, probe.ask.params, settle=probe.ask.settle)
            tally.add(name, probe, outcome, alive=twins.alive(probe))
        assert app.info.transaction_status == TransactionStatus.INTRANS


def granted_to_app(ground: Ground) -> dict[str, set[str]]:
    held = ground.owner.execute(
        "SELECT c.relname AS name, array_agg(x.privilege_type) AS may FROM pg_class c, aclexplode(c.relacl) x"
        " WHERE x.grantee = 'app'::regrole AND c.relname = ANY(%s) GROUP BY 1",
        [tables()],
    ).fetchall()
    return {row["name"]: set(row["may"]) for row in held}


@pytest.mark.covers("I6")
def test_raw_sql_reaches_nothing_of_the_neighbour(ground, capsys):
    a, b = ground.world.a, ground.world.b
    extras = {county.tenant_id: unused.rows_of(county) for county in (a, b)}
    granted = granted_to_app(ground)
    twins, tally = Twins(ground), Tally()
    before = {table: ground.rows(table, b.tenant_id) for table in tables()}
    for persona in personas(ground):
        rows = Rows(ground, extras, b)
        run(ground, persona, probes_of(rows, granted, reads_it=persona[3]), twins, tally)
        if persona[0] in {"superior in A", "operator in A", "task in A"}:
            # What these may read they may not write.
            rows = Rows(ground, extras, a)
            work = probes_of(rows, granted, reads_it=True)
            run(ground, persona, (it for it in work if not may_write(persona[0], it)), twins, tally)
    after = {table: twins.ground.rows(table, b.tenant_id) for table in tables()}
    twins.ground.close()
    with capsys.disabled():
        print(f"\n{tally}")
    assert not tally.leaks, "\n".join(tally.leaks[:20])
    assert sum(tally.counted.values()) >= ENOUGH
    tried = {(kind, table) for table, may in granted.items() for grant in may for kind in TRIED[grant]}
    assert tried <= set(tally.counted), "a table where nothing was there to miss"
    assert set(tally.idle) <= set(REFUSED_TO_ALL), "a probe that proves nothing"
    assert after == before
