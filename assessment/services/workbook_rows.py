"""Writing the clean rows of a workbook: each row once, in bulk, inside the caller's act."""

import datetime as dt
from typing import Any

from django.db.models import Model

from accounts.models import GroupMembership, Unit, UnitAlias, UnitGroup
from accounts.refusals import Refused
from accounts.services import units
from assessment.models import Target
from assessment.queries.basis import measure_named
from assessment.services.workbook_firms import Firms
from assessment.standard_measures import PAID_IN
from projects.choices import PeriodKind
from projects.models import Agreement, Claim, Period, Project, Return, Voucher
from projects.services import claims, periods, returns
from projects.sheets.cells import name_key
from projects.sheets.checks import Result
from projects.sheets.periods import Span


class Writer:
    """Writes what ``Result.clean`` holds. ``written`` counts new rows by what they are."""

    def __init__(self, result: Result, span: Span):
        # A clean row has every field that it needs; its type also allows for cells that could not be read.
        self.rows: Any = result.clean
        self.aliases = result.aliases
        self.span = span
        self.year = span.start.year
        self.written: dict[str, int] = {}

    def write(self) -> Period:
        """Everything in the order in which rows refer to each other; the filing period comes back."""
        self.units = {unit.name: unit for unit in Unit.objects.all()}
        self._units()
        self._aliases()
        self._targets()
        reports = self.rows.projects or self.rows.funds or self.rows.zeros
        period = periods.ensure(self.span, filed=bool(reports))
        self.returns = {item.unit_id: item for item in Return.objects.filter(period=period)}
        self._enterprises()
        self._projects()
        signed = self._agreements()
        booked = claims.write(signed + self._vouchers())
        self._count("claims", len(booked))
        self._submit(booked)
        return period

    def _count(self, what: str, number: int) -> None:
        if number:
            self.written[what] = number

    # Organisation and tasks

    def _units(self) -> None:
        new = [row for row in self.rows.tasks if row.unit not in self.units]
        created = Unit.objects.bulk_create(units.build(row.unit, row.kind) for row in new)
        self.units.update((unit.name, unit) for unit in created)
        self._count("units", len(created))
        self._groups()

    def _groups(self) -> None:
        """Units without a group enter that of the task sheet, from the first day of the year."""
        known = {group.code: group for group in UnitGroup.objects.all()}
        names = {row.kind: row.group for row in self.rows.tasks if row.kind not in known}
        new = UnitGroup.objects.bulk_create(UnitGroup(code=code, name=name) for code, name in names.items())
        known.update((group.code, group) for group in new)
        grouped = set(GroupMembership.objects.values_list("unit_id", flat=True))
        GroupMembership.objects.bulk_create(
            GroupMembership(
                unit=self.units[row.unit], group=known[row.kind], from_on=dt.date(self.year, 1, 1)
            )
            for row in self.rows.tasks
            if self.units[row.unit].pk not in grouped
        )

    def _aliases(self) -> None:
        remembered = UnitAlias.objects.bulk_create(
            UnitAlias(unit=self.units[unit], name=name) for name, unit in self.aliases.items()
        )
        self._count("aliases", len(remembered))

    def _targets(self) -> None:
        if not self.rows.tasks and not self.rows.targets:
            return
        period = periods.ensure(periods.span(PeriodKind.YEAR, dt.date(self.year, 1, 1)), filed=False)
        names = {PAID_IN, *(row.measure for row in self.rows.targets)}
        measures = {name: measure_named(name, dt.date(self.year, 12, 31)) for name in names}
        new = [
            Target(
                unit=unit,
                measure=measures[name],
                period=period,
                amount=amount,
                document=document or "",
            )
            for unit, name, amount, document in [
                *((self.units[row.unit], PAID_IN, row.amount, "") for row in self.rows.tasks),
                *((None, row.measure, row.amount, row.document) for row in self.rows.targets),
            ]
        ]
        self._count("targets", len(Target.objects.bulk_create(new)))

    # Firms, projects, papers

    def _enterprises(self) -> None:
        self.firms = Firms()
        for row in self.rows.projects:
            self.firms.named(row.investor, row.credit_code, row.division)
        for row in self.rows.funds:
            if row.payer:
                self.firms.named(row.payer)
        self._count("enterprises", self.firms.save())

    def _projects(self) -> None:
        projects = Project.objects.select_related("unit", "enterprise")
        known = {name_key(project.name): project for project in projects}
        new, again = [], []
        for row in self.rows.projects:
            values = {
                "enterprise": self.firms.named(row.investor, row.credit_code),
                "unit": self.units[row.unit],
                "industry": row.industry or "",
                "year_introduced": self._year_introduced(row),
            }
            project = known.get(name_key(row.name))
            if project is None:
                project = Project(name=row.name, **values)
                new.append(project)
            elif read_again(project, values):
                again.append(project)
            known[name_key(row.name)] = project
        Project.objects.bulk_create(new)
        Project.objects.bulk_update(again, ["enterprise", "unit", "industry", "year_introduced"])
        self.projects = known
        self._count("projects", len(new))

    def _year_introduced(self, row: Any) -> int:
        return min(row.signed_on.year, self.year - 1) if row.carry_over else self.year

    def _agreements(self) -> list[Claim]:
        """The signatures; those of the span become claims, earlier ones (续建) are only known."""
        known = {
            (item.project_id, item.kind, item.signed_on): item
            for item in Agreement.objects.filter(project__in=self.projects.values())
        }
        new, again, claiming = [], [], []
        for row in self.rows.projects:
            project = self.projects[name_key(row.name)]
            amounts = {"total_wan": row.total, "introduced_wan": row.introduced}
            agreement = known.get((project.pk, row.agreement_kind, row.signed_on))
            if agreement is None:
                agreement = Agreement(
                    project=project, kind=row.agreement_kind, signed_on=row.signed_on, **amounts
                )
                new.append(agreement)
            elif read_again(agreement, amounts):
                again.append(agreement)
            if self.span.covers(row.signed_on):
                claiming.append((agreement, project))
        Agreement.objects.bulk_create(new)
        Agreement.objects.bulk_update(again, ["total_wan", "introduced_wan"])
        self._count("agreements", len(new))
        return [
            claim
            for agreement, project in claiming
            for claim in claims.of_agreement(
                agreement, project=project, unit=project.unit, booked_in=self._return_of(project.unit)
            )
        ]

    def _vouchers(self) -> list[Claim]:
        """The papers and their claims of money."""
        known = {(item.kind, name_key(item.number), item.payer_id): item for item in Voucher.objects.all()}
        new, again, paired = [], [], []
        for row in self.rows.funds:
            project = self.projects[name_key(row.project)]
            payer = self.firms.named(row.payer) if row.payer else project.enterprise
            voucher = known.get((row.voucher_kind, name_key(row.voucher_number), payer.pk))
            if voucher is None:
                voucher = Voucher(
                    kind=row.voucher_kind,
                    number=row.voucher_number,
                    payer=payer,
                    dated_on=row.on,
                    face_wan=row.amount,
                    division=payer.division,
                )
                new.append(voucher)
            elif read_again(voucher, {"dated_on": row.on, "face_wan": row.amount}):
                again.append(voucher)
            paired.append((voucher, project, row))
        Voucher.objects.bulk_create(new)
        Voucher.objects.bulk_update(again, ["dated_on", "face_wan"])
        self._count("vouchers", len(new))
        return [self._money(voucher, project, row) for voucher, project, row in paired]

    def _money(self, voucher: Voucher, project: Project, row: Any) -> Claim:
        unit = self.units[row.unit]
        return claims.of_voucher(
            voucher, project=project, unit=unit, booked_in=self._return_of(unit), amount=row.amount
        )

    # Returns

    def _return_of(self, unit: Unit) -> Return:
        """The unit's Return of the period. Raises Refused for an office, or a unit newer than its closing."""
        if unit.pk not in self.returns:
            raise Refused(
                f"“{unit.name}”没有“{self.span.label}”的报表，不能导入它的数据："
                "内设机构不填报，填报期关闭后新增的单位从下一个填报期起填报。请改正引进单位。",
                "PT103",
            )
        return self.returns[unit.pk]

    def _submit(self, booked: list[Claim]) -> None:
        """Units with rows, and units in 零报告, have reported: by the bureau on their behalf (代填)."""
        reporting = {claim.booked_in_id for claim in booked}
        reporting |= {self._return_of(self.units[row.unit]).pk for row in self.rows.zeros}
        submitted = [item for item in self.returns.values() if item.pk in reporting]
        if submitted:
            returns.mark_submitted(submitted, on_behalf=True)
        self._count("returns", len(submitted))


def read_again(known: Model, values: dict[str, Any]) -> bool:
    """Whether a known row, whose figures were undone, reads otherwise now; it then takes the values."""
    changed = {field: value for field, value in values.items() if getattr(known, field) != value}
    for field, value in changed.items():
        setattr(known, field, value)
    return bool(changed)
