"""A county of 100 units and 100,000 claims among twenty smaller ones, put in with the triggers off.

Nothing here goes through an act: what is measured is reading. The rows keep the ledger's shape: one paper
per claim, nine in ten decided, splits, withdrawals, corrections, other kinds, other years.
"""

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from django.db import connection, transaction
from psycopg import sql

from accounts import scope
from accounts.choices import UnitKind
from accounts.models import GroupMembership, Unit, UnitGroup
from accounts.operator import as_migrator
from accounts.services import units
from assessment.models import Measure, Target
from assessment.standard_measures import PAID_IN
from portal import new_tenant
from projects.choices import AgreementKind, BusinessLine, ClaimKind, ClaimState, PeriodKind, VoucherKind
from projects.models import Agreement, Claim, Enterprise, Period, Project, Return, Split, SplitLine, Voucher
from tests.walls.ground import tables

AS_OF = dt.date(2012, 6, 30)
HALVES = [(2011, 1), (2011, 7), (2012, 1), (2012, 7)]
# How the acts fall on the halves: most in the one that is asked for, some before, some after.
WEIGHTS = [8, 8, 74, 10]
SIGNED = [kind for kind in ClaimKind if kind != ClaimKind.PAID_IN]
CLAIM_COLUMNS = [
    "id", "tenant_id", "unit_id", "booked_in_id", "project_id", "kind", "voucher_id", "agreement_id",
    "happened_on", "reported", "reviewed", "verified", "state", "split_id", "reverses_id", "entered_at",
]  # fmt: skip
VOUCHER_COLUMNS = ["id", "tenant_id", "kind", "number", "payer_id", "dated_on", "face_wan", "division"]
AGREEMENT_COLUMNS = ["id", "tenant_id", "project_id", "kind", "signed_on", "total_wan", "introduced_wan"]
# Claim columns by their place, where a reversal differs from what it takes back.
ID, REPORTED, REVIEWED, VERIFIED, STATE, REVERSES = (
    CLAIM_COLUMNS.index(name) for name in ("id", "reported", "reviewed", "verified", "state", "reverses_id")
)
IDS = count(10_000_000)


@dataclass
class Frame:
    """What a county's claims hang on."""

    tenant_id: int
    units: list[Unit]
    projects: dict[int, list[Project]] = field(default_factory=dict)
    returns: dict[tuple[int, tuple[int, int]], int] = field(default_factory=dict)
    splits: dict[int, int] = field(default_factory=dict)
    firm: int = 0

    @property
    def project_ids(self) -> list[int]:
        return [project.pk for projects in self.projects.values() for project in projects]


def load(*, claims: int = 100_000, neighbours: int = 20, each: int = 20_000) -> int:
    """Commit the counties into the test's database; the id of the big one. Not inside a transaction.

    The big county and the first neighbour come by COPY; the other neighbours are copies of the first.
    """
    chance = random.Random(2012)
    big = _county("610950", "大县")
    others = [_county(f"6109{60 + number}", f"邻县{number + 1}") for number in range(neighbours)]
    with as_migrator():
        with transaction.atomic():
            _triggers("DISABLE")
            frames = [_frame(big, 100)] + [_frame(tenant_id, 20) for tenant_id in others]
        with transaction.atomic(), _without_keys(Claim, Voucher, Agreement):
            _Papers(frames[0], chance, claims).copy()
            _Papers(frames[1], chance, each).copy()
            for place, frame in enumerate(frames[2:], start=1):
                _repeat(frames[1], frame, place * 10_000_000)
        with transaction.atomic():
            _triggers("ENABLE")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return big


def _county(code: str, name: str) -> int:
    return new_tenant.add(code=code, name=name, level="county", on=AS_OF, parent_code="610900").pk


def _repeat(first: Frame, frame: Frame, shift: int) -> None:
    """Copy a county's papers and claims to one of the same shape: every key lies a fixed way further on."""
    step = {
        "id": shift,
        "voucher_id": shift,
        "agreement_id": shift,
        "reverses_id": shift,
        "tenant_id": frame.tenant_id - first.tenant_id,
        "unit_id": frame.units[0].pk - first.units[0].pk,
        "project_id": min(frame.project_ids) - min(first.project_ids),
        "booked_in_id": min(frame.returns.values()) - min(first.returns.values()),
        "split_id": min(frame.splits.values()) - min(first.splits.values()),
        "payer_id": frame.firm - first.firm,
    }
    with connection.cursor() as cursor:
        for model, columns in (
            (Voucher, VOUCHER_COLUMNS),
            (Agreement, AGREEMENT_COLUMNS),
            (Claim, CLAIM_COLUMNS),
        ):
            moved = ", ".join(f"{name} + {step[name]}" if name in step else name for name in columns)
            table = model._meta.db_table
            copied = f"SELECT {moved} FROM {table} WHERE tenant_id = %s"
            cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {copied}", [first.tenant_id])


def _triggers(state: str) -> None:
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                sql.SQL("ALTER TABLE {} {} TRIGGER USER")
                .format(sql.Identifier(table), sql.SQL(state))
                .as_string()
            )


@contextmanager
def _without_keys(*models) -> Iterator[None]:
    """Foreign keys are taken away and set again over all rows at once: a check per row takes minutes."""
    with connection.cursor() as cursor:
        found = []
        for model in models:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE contype = 'f' AND conrelid = %s::regclass",
                [model._meta.db_table],
            )
            found += cursor.fetchall()
        for table, name, _ in found:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield
        for table, name, definition in found:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _frame(tenant_id: int, unit_count: int) -> Frame:
    """Units with groups, tasks and Returns, their projects and splits."""
    with scope.enter(tenant_id, kind=scope.OPERATOR):
        return _framed(tenant_id, unit_count)


def _framed(tenant_id: int, unit_count: int) -> Frame:
    made = [
        units.build(f"单位{number + 1:03}", UnitKind.TOWN if number % 4 == 0 else UnitKind.DEPARTMENT)
        for number in range(unit_count)
    ]
    frame = Frame(tenant_id, Unit.objects.bulk_create(made))
    Unit.objects.bulk_create([units.build("督查室", UnitKind.OFFICE)])
    groups = {
        kind: UnitGroup.objects.create(code=kind, name=kind) for kind in (UnitKind.TOWN, UnitKind.DEPARTMENT)
    }
    GroupMembership.objects.bulk_create(
        GroupMembership(unit=unit, group=groups[unit.kind], from_on=dt.date(2011, 1, 1))
        for unit in frame.units
    )
    _targets(frame)
    _returns(frame)
    _projects(frame)
    return frame


def _targets(frame: Frame) -> None:
    year = Period.objects.create(
        kind=PeriodKind.YEAR, name="2012年", starts_on=dt.date(2012, 1, 1), ends_on=dt.date(2012, 12, 31),
        due_on=dt.date(2012, 12, 31), filed=False,
    )  # fmt: skip
    measure = Measure.objects.get(name=PAID_IN)
    # Tasks from far below to far above what comes in, so that every class occurs; the last but one has none.
    Target.objects.bulk_create(
        Target(unit=unit, measure=measure, period=year, amount=Decimal(6_000 + 500 * number))
        for number, unit in enumerate(frame.units)
        if unit is not frame.units[-2]
    )


def _returns(frame: Frame) -> None:
    for year, month in HALVES:
        end = dt.date(year, 6, 30) if month == 1 else dt.date(year, 12, 31)
        period = Period.objects.create(
            kind=PeriodKind.HALF,
            name=f"{year}年{month}月起",
            starts_on=dt.date(year, month, 1),
            ends_on=end,
            due_on=end,
        )
        # Every tenth unit never submitted.
        made = Return.objects.bulk_create(
            Return(
                unit=unit,
                period=period,
                submitted_at=None if number % 10 == 9 else dt.datetime(year, month, 28, tzinfo=dt.UTC),
            )
            for number, unit in enumerate(frame.units)
        )
        frame.returns.update({(item.unit_id, (year, month)): item.pk for item in made})


def _projects(frame: Frame) -> None:
    """Four projects a unit, every tenth of another line, every eighth with a split."""
    firm = Enterprise.objects.create(name="投资方", division="福建福州")
    frame.firm = firm.pk
    made = Project.objects.bulk_create(
        Project(
            name=f"项目{number + 1:04}",
            line=BusinessLine.UPWARD_FUNDS if number % 10 == 7 else BusinessLine.RECRUITMENT,
            enterprise=firm,
            unit=frame.units[number // 4],
            year_introduced=2012 - number % 2,
        )
        for number in range(4 * len(frame.units))
    )
    for project in made:
        frame.projects.setdefault(project.unit_id, []).append(project)
    agreed = Split.objects.bulk_create(
        Split(project=project, document="分割证明", agreed_on=dt.date(2011, 1, 1)) for project in made[::8]
    )
    frame.splits = {split.project_id: split.pk for split in agreed}
    SplitLine.objects.bulk_create(
        SplitLine(split=split, unit=unit, kind=ClaimKind.PAID_IN, share=share)
        for number, split in enumerate(agreed)
        for unit, share in (
            (split.project.unit, Decimal("0.6")),
            (frame.units[-6 - number], Decimal("0.4")),
        )
    )


class _Papers:
    """Vouchers, agreements and the claims on them, as rows for COPY."""

    def __init__(self, frame: Frame, chance: random.Random, claim_count: int):
        self.frame, self.chance = frame, chance
        self.vouchers: list[tuple] = []
        self.agreements: list[tuple] = []
        self.claims: list[list] = []
        self.signed: set[tuple[int, dt.date]] = set()
        # The last five units brought in nothing.
        self.busy = frame.units[:-5]
        while len(self.claims) < claim_count:
            self._act()
        del self.claims[claim_count:]

    def copy(self) -> None:
        _copy(Voucher, VOUCHER_COLUMNS, self.vouchers)
        _copy(Agreement, AGREEMENT_COLUMNS, self.agreements)
        _copy(Claim, CLAIM_COLUMNS, self.claims)

    def _act(self) -> None:
        unit = self.chance.choice(self.busy)
        project = self.chance.choice(self.frame.projects[unit.pk])
        half = self.chance.choices(HALVES, WEIGHTS)[0]
        happened_on = dt.date(half[0], half[1], 1) + dt.timedelta(days=self.chance.randrange(181))
        booked_in = self.frame.returns[unit.pk, half]
        amount = Decimal(self.chance.randrange(1, 4000)) / 100
        if self.chance.random() < 0.94:
            number = next(IDS)
            paper = (
                number,
                self.frame.tenant_id,
                VoucherKind.BANK_SLIP.value,
                f"JH{number}",
                self.frame.firm,
            )
            self.vouchers.append((*paper, happened_on, amount, ""))
            claims = [(ClaimKind.PAID_IN, amount, number, None, self.frame.splits.get(project.pk))]
        elif (project.pk, happened_on) not in self.signed:
            number = next(IDS)
            paper = (number, self.frame.tenant_id, project.pk, AgreementKind.CONTRACT.value, happened_on)
            self.agreements.append((*paper, amount * 2, amount))
            self.signed.add((project.pk, happened_on))
            claims = [(kind, Decimal(1), None, number, None) for kind in SIGNED]
        else:
            return
        for kind, value, voucher, agreement, split in claims:
            base = [
                self.frame.tenant_id,
                unit.pk,
                booked_in,
                project.pk,
                kind.value,
                voucher,
                agreement,
                happened_on,
            ]
            self._claim(base, value, split)

    def _claim(self, base: list, value: Decimal, split: int | None) -> None:
        moment = dt.datetime(2012, 6, 1, tzinfo=dt.UTC)
        fate = self.chance.random()
        verified = value if fate < 0.8 else value / 2 if fate < 0.88 else Decimal(0) if fate < 0.90 else None
        state = ClaimState.DECIDED
        if verified is None:
            open_states = [
                ClaimState.SUBMITTED,
                ClaimState.FIRST_REVIEWED,
                ClaimState.RETURNED,
                ClaimState.DOUBTED,
            ]
            state = self.chance.choices(open_states, [4, 4, 1, 1])[0]
        claim = [next(IDS), *base, value, verified, verified, state.value, split, None, moment]
        self.claims.append(claim)
        if fate % 0.01 < 0.0002:  # taken back: at once, by a second person, or not yet agreed to
            back = [*claim[:REPORTED], -value, *claim[REVIEWED:]]
            back[ID], back[REVERSES] = next(IDS), claim[ID]
            if verified is None or fate % 0.0002 < 0.0001:
                claim[STATE] = back[STATE] = ClaimState.REVERSED.value
                back[REVIEWED] = back[VERIFIED] = None if verified is None else -verified
            else:
                back[STATE], back[REVIEWED], back[VERIFIED] = ClaimState.SUBMITTED.value, None, None
            self.claims.append(back)


def _copy(model, columns: list[str], rows: list) -> None:
    text = "".join("\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n" for row in rows)
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)
