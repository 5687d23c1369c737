"""Checking the change log: every chain recomputed, and the present rows compared with what it says.

Runs as the owner's role (inside ``accounts.operator.as_migrator``), in one read-only snapshot, so
that acts which commit meanwhile disturb nothing. Three questions are asked:

- Is each tenant's chain whole? Positions 1..n without a gap, each act sealed over the one before it
  and over its own header and lines, the head at the last act, no line without its act.
- Does each row look as its last line says, and did each line find the row as the line before it left it?
  The second half finds a silent change that a later, honest act has covered up.
- Do the triggers that write the lines stand?

A row's last line is the last of its tenant's chain by position, then by the line's own number
(an act may write a row several times). Rows without a tenant (users) are written from any chain;
for them the line's number alone counts. Personal columns are not compared: the log holds no
value of theirs. Columns that the last line does not know are remarks, not faults.

What no check inside the database can find: a chain that was computed anew from some act on, and a
tail cut off together with its head, when the rows were made to match. Whoever keeps the signed
checkpoints outside finds both (accounts/queries/witness.py): the act at that position then has another
hash, or none.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.refusals import NotFound

EVENTS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the log says. ``tenant`` is a division code, None for what belongs to none."""

    text: str
    tenant: str | None
    table: str | None = None
    row: int | None = None
    pos: int | None = None
    act: str | None = None

    def __str__(self) -> str:
        """All that is known of the place, then what is wrong there."""
        places = [
            self.tenant and f"辖区 {self.tenant}",
            self.table and (f"{self.table} 第 {self.row} 行" if self.row is not None else self.table),
            self.pos is not None and f"第 {self.pos} 号事项",
            self.act,
        ]
        return "，".join(place for place in places if place) + f"：{self.text}"


@dataclass(frozen=True)
class Chain:
    """A tenant's chain as it stands: acts, lines, the head to be kept outside, and the last act itself."""

    id: int
    code: str
    name: str
    acts: int
    lines: int
    head_pos: int | None
    head_hash: str
    last_pos: int
    last_hash: str


@dataclass(frozen=True)
class LoggedTable:
    """A table under the log, with the columns whose values stay out of it."""

    name: str
    tenanted: bool
    personal: list[str]
    triggers: frozenset[str]


@dataclass
class Findings:
    """What was counted, what is wrong, and what people should know although it is not wrong."""

    chains: list[Chain]
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def verify(code: str | None = None) -> Findings:
    """Check one tenant's chain and rows, or all of them. Reads only; to be called as the owner's role.

    Rows that belong to no tenant are always checked where their last line stands in a checked chain, and
    named in any case when no line knows them. Raises NotFound for an unknown code, and a database error
    when the role cannot see every tenant (nothing is then passed as clean).
    """
    with snapshot() as cursor:
        chains = _chains(cursor, code)
        if code is not None and not chains:
            raise NotFound(f"没有行政区划代码为 {code} 的辖区。")
        check = _Check(cursor, chains, one_only=code is not None)
        check.heads()
        check.acts()
        check.orphans()
        tables = _logged_tables(cursor)
        check.triggers(tables)
        for table in tables:
            check.continuity(table)
            check.present(table)
        return check.findings


@contextmanager
def snapshot() -> Iterator[CursorWrapper]:
    """One read-only moment of every tenant. A policy that hides rows from the role becomes an error."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # The triggers write timestamps in UTC.
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute("SET LOCAL row_security = off")
        yield cursor


# A tenant whose own row has been removed is still known by its chain.
CHAINS = """
SELECT i.id, coalesce(t.code, '（编号 ' || i.id || '）'), coalesce(t.name, ''),
       (SELECT count(*) FROM accounts_change c WHERE c.tenant_id = i.id),
       (SELECT count(*) FROM accounts_changerow r WHERE r.tenant_id = i.id),
       h.pos, coalesce(encode(h.hash, 'hex'), ''), coalesce(l.pos, 0), coalesce(encode(l.hash, 'hex'), '')
FROM (
    SELECT id FROM accounts_tenant
    UNION SELECT tenant_id FROM accounts_chainhead
    UNION SELECT tenant_id FROM accounts_change
) i
LEFT JOIN accounts_tenant t ON t.id = i.id
LEFT JOIN accounts_chainhead h ON h.tenant_id = i.id
LEFT JOIN LATERAL (
    SELECT pos, hash FROM accounts_change c
    WHERE c.tenant_id = i.id AND c.pos IS NOT NULL ORDER BY c.pos DESC LIMIT 1
) l ON true
WHERE %(code)s::text IS NULL OR t.code = %(code)s
ORDER BY 2
"""

ACTS = """
SELECT * FROM (
    SELECT c.tenant_id, c.id, c.pos, c.act,
           lag(c.pos, 1, 0::bigint) OVER w AS before,
           c.prev IS DISTINCT FROM lag(c.hash, 1, ''::bytea) OVER w AS unchained,
           c.hash IS DISTINCT FROM sec.act_digest(c) AS altered
    FROM accounts_change c
    WHERE %(tenants)s::bigint[] IS NULL OR c.tenant_id = ANY (%(tenants)s)
    WINDOW w AS (PARTITION BY c.tenant_id ORDER BY c.pos)
) checked
WHERE pos IS NULL OR pos <> before + 1 OR unchained OR altered
ORDER BY tenant_id, pos
"""

ORPHANS = """
SELECT r.tenant_id, r."table", r."row", r.id, r.change_id
FROM accounts_changerow r
LEFT JOIN accounts_change c ON c.tenant_id = r.tenant_id AND c.id = r.change_id
WHERE c.id IS NULL AND (%(tenants)s::bigint[] IS NULL OR r.tenant_id = ANY (%(tenants)s))
ORDER BY r.tenant_id, r.id
"""

LOGGED_TABLES = """
SELECT c.relname,
       EXISTS (SELECT FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped),
       p.proname, t.tgargs, t.tgenabled IN ('O', 'A')
FROM pg_class c
LEFT JOIN (pg_trigger t JOIN pg_proc p
           ON p.oid = t.tgfoid AND p.pronamespace = 'sec'::regnamespace
          AND p.proname IN ('log_insert', 'log_update', 'log_delete'))
    ON t.tgrelid = c.oid AND NOT t.tgisinternal
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND (p.oid IS NOT NULL OR c.relname IN (SELECT DISTINCT "table" FROM accounts_changerow))
ORDER BY c.relname, p.proname DESC
"""

EXAMINED = "(%(tenants)s::bigint[] IS NULL OR r.tenant_id = ANY (%(tenants)s))"

# Lines of one table in the order in which they were written.
LINES = """
SELECT r.tenant_id, r."row", r.id, r.op, r.before - %(personal)s::text[] AS before,
       r.after - %(personal)s::text[] AS after, c.pos, c.act, {rank} AS rank
FROM accounts_changerow r
JOIN accounts_change c ON c.tenant_id = r.tenant_id AND c.id = r.change_id AND c.pos IS NOT NULL
WHERE r."table" = %(table)s AND {examined}
"""

CONTINUITY = """
SELECT tenant_id, "row", pos, act, array(
           SELECT b.key FROM jsonb_each(before) b
           WHERE earlier ? b.key AND earlier -> b.key <> b.value ORDER BY b.key)
FROM (
    SELECT l.*, lag(l.after) OVER w AS earlier, lag(l.id) OVER w AS earlier_id
    FROM ({lines}) l WINDOW w AS (PARTITION BY l."row" ORDER BY l.rank, l.id)
) s
WHERE earlier_id IS NOT NULL AND before IS DISTINCT FROM earlier
  AND (before IS NULL OR earlier IS NULL OR EXISTS (
       SELECT FROM jsonb_each(before) b WHERE earlier ? b.key AND earlier -> b.key <> b.value))
ORDER BY tenant_id, pos, "row"
"""

PRESENT = """
SELECT coalesce(l.tenant_id, p.tenant_id), coalesce(l."row", p.id), l.pos, l.act, l.op, p.id IS NOT NULL,
       array(SELECT b.key FROM jsonb_each(l.after) b
             WHERE p.now ? b.key AND p.now -> b.key <> b.value ORDER BY b.key),
       array(SELECT k FROM jsonb_object_keys(p.now) k WHERE NOT l.after ? k)
FROM (
    SELECT DISTINCT ON (tenant_id, "row") * FROM ({lines}) s ORDER BY tenant_id, "row", rank DESC, id DESC
) l
FULL JOIN (
    SELECT t.id, t.tenant_id, to_jsonb(t) - %(personal)s::text[] AS now
    FROM {table} t WHERE %(tenants)s::bigint[] IS NULL OR t.tenant_id = ANY (%(tenants)s)
) p ON p.id = l."row" AND p.tenant_id = l.tenant_id
WHERE l."row" IS NULL OR (l.op = 'D') = (p.id IS NOT NULL) OR (l.op <> 'D' AND p.now IS DISTINCT FROM l.after)
ORDER BY 1, 2
"""

PRESENT_WITHOUT_TENANT = """
SELECT l.tenant_id, coalesce(l."row", p.id), l.pos, l.act, l.op, p.id IS NOT NULL,
       array(SELECT b.key FROM jsonb_each(l.after) b
             WHERE p.now ? b.key AND p.now -> b.key <> b.value ORDER BY b.key),
       array(SELECT k FROM jsonb_object_keys(p.now) k WHERE NOT l.after ? k)
FROM (
    SELECT DISTINCT ON ("row") * FROM ({lines}) s ORDER BY "row", rank DESC, id DESC
) l
FULL JOIN (SELECT t.id, to_jsonb(t) - %(personal)s::text[] AS now FROM {table} t) p ON p.id = l."row"
WHERE l."row" IS NULL OR (l.op = 'D') = (p.id IS NOT NULL) OR (l.op <> 'D' AND p.now IS DISTINCT FROM l.after)
ORDER BY 1, 2
"""


def _chains(cursor: CursorWrapper, code: str | None) -> list[Chain]:
    cursor.execute(CHAINS, {"code": code})
    return [Chain(*row) for row in cursor.fetchall()]


def _logged_tables(cursor: CursorWrapper) -> list[LoggedTable]:
    """Tables with a log trigger, and tables that the log knows although their triggers are gone."""
    cursor.execute(LOGGED_TABLES)
    standing: dict[str, set[str]] = defaultdict(set)
    tenanted: dict[str, bool] = {}
    personal: dict[str, list[str]] = defaultdict(list)
    for name, has_tenant, function, arguments, enabled in cursor.fetchall():
        tenanted[name] = has_tenant
        if function is not None:
            # The arguments lie end to end, each closed by a zero byte.
            personal[name] = bytes(arguments).decode().split("\0")[:-1]
            if enabled:
                standing[name].add(function)
    return [
        LoggedTable(name, has_tenant, personal[name], frozenset(standing[name]))
        for name, has_tenant in tenanted.items()
    ]


class _Check:
    """The questions, asked one after the other of one snapshot."""

    def __init__(self, cursor: CursorWrapper, chains: list[Chain], *, one_only: bool) -> None:
        self.cursor = cursor
        self.codes = {chain.id: chain.code for chain in chains}
        # None: every tenant, also one that only a planted row names.
        self.tenants = list(self.codes) if one_only else None
        self.findings = Findings(chains)

    def _ask(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, {"tenants": self.tenants, **parameters})
        return self.cursor.fetchall()

    def _fault(self, tenant_id: int | None, text: str, **place: Any) -> None:
        code = None if tenant_id is None else self.codes.get(tenant_id, f"（编号 {tenant_id}）")
        self.findings.faults.append(Fault(text, code, **place))

    def heads(self) -> None:
        """The head names the last act and its hash."""
        for chain in self.findings.chains:
            if chain.head_pos is None:
                if chain.last_pos:
                    self._fault(chain.id, "日志有事项，却没有链头", pos=chain.last_pos)
            elif chain.head_pos != chain.last_pos:
                text = f"链头停在第 {chain.head_pos} 号，日志的最后一项是第 {chain.last_pos} 号"
                self._fault(chain.id, text, pos=chain.head_pos)
            elif chain.head_hash != chain.last_hash:
                self._fault(chain.id, "链头的摘要不是最后一项的摘要", pos=chain.head_pos)

    def acts(self) -> None:
        """Positions without a gap; each act sealed over the one before and over its own contents."""
        for tenant, change_id, pos, act, before, unchained, altered in self._ask(ACTS):
            if pos is None:
                self._fault(tenant, f"事项（编号 {change_id}）没有封存", act=act)
                continue
            if pos < 1:
                self._fault(tenant, "序号应从 1 起", pos=pos, act=act)
            elif pos != before + 1:
                self._fault(tenant, f"序号不连续，缺第 {before + 1} 至 {pos - 1} 号", pos=pos, act=act)
            if unchained:
                self._fault(tenant, "没有接在上一项之后（上一项的摘要不符）", pos=pos, act=act)
            if altered:
                self._fault(tenant, "摘要与内容不符，事项或其明细被改动、删除或添加", pos=pos, act=act)

    def orphans(self) -> None:
        """Every line belongs to an act."""
        for tenant, table, row, line, change_id in self._ask(ORPHANS):
            text = f"明细（编号 {line}）所属的事项（编号 {change_id}）不存在"
            self._fault(tenant, text, table=table, row=row)

    def triggers(self, tables: list[LoggedTable]) -> None:
        """Insert, update and delete of a table under the log still write their lines."""
        for table in tables:
            if missing := [event for event in EVENTS if f"log_{event}" not in table.triggers]:
                text = f"写日志的触发器缺失或已停用（{'、'.join(missing)}）"
                self._fault(None, text, table=table.name)

    def continuity(self, table: LoggedTable) -> None:
        """Each line found its row as the line before it had left it."""
        statement = CONTINUITY.format(lines=_lines(table))
        rows = self._ask(statement, table=table.name, personal=table.personal)
        for tenant, row, pos, act, columns in self._examined(rows):
            which = f"（{'、'.join(columns)}）" if columns else ""
            text = f"写入前的内容与上一条明细不符{which}，其间被绕过日志改动过"
            self._fault(tenant, text, table=table.name, row=row, pos=pos, act=act)

    def present(self, table: LoggedTable) -> None:
        """Each row is as its last line says; a row is there exactly if its last line left it there."""
        template = PRESENT if table.tenanted else PRESENT_WITHOUT_TENANT
        name = connection.ops.quote_name(table.name)
        statement = template.format(lines=_lines(table), table=name)
        rows = self._ask(statement, table=table.name, personal=table.personal)
        unknown: dict[str, int] = defaultdict(int)
        for tenant, row, pos, act, op, there, columns, new_columns in self._examined(rows):
            text = _difference(op, there=there, columns=columns)
            if text:
                self._fault(tenant, text, table=table.name, row=row, pos=pos, act=act)
            for column in new_columns if op not in (None, "D") else ():
                unknown[column] += 1
        for column, count in sorted(unknown.items()):
            self.findings.remarks.append(
                f"{table.name} 的列 {column} 尚未进入日志（{count} 行），待这些行下次写入后才能核对"
            )

    def _examined(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Rows whose last line stands in another tenant's chain are that tenant's to check."""
        return (row for row in rows if self.tenants is None or row[0] is None or row[0] in self.codes)


def _lines(table: LoggedTable) -> str:
    """The lines of a table: inside a tenant the position decides, across chains the line's number."""
    if table.tenanted:
        return LINES.format(rank="c.pos", examined=EXAMINED)
    return LINES.format(rank="0", examined="true")


def _difference(op: str | None, *, there: bool, columns: list[str]) -> str:
    """What is wrong with a row beside its last line; empty when only unknown columns differ."""
    if op is None:
        return "日志中没有这一行的任何记录"
    if op == "D":
        return "日志记为已删除，却仍然存在"
    if not there:
        return "日志记为存在，却已不见"
    return f"与日志最后的记录不符（{'、'.join(columns)}）" if columns else ""
