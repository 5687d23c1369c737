import datetime as dt

from accounts import exact_json
from accounts.commands import TenantCommand
from assessment.choices import Basis, UnitClass
from assessment.queries.standing import as_json, standing
from assessment.standard_measures import PAID_IN
from projects.sheets.cells import plain


class Command(TenantCommand):
    help = "各单位的进度：任务、到位、待核实、完成率和类别。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--as-of", required=True, type=dt.date.fromisoformat, metavar="DATE")
        parser.add_argument("--basis", choices=Basis.values, default=Basis.VERIFIED)
        parser.add_argument("--measure", default=PAID_IN, help="统计口径")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        with self.reading(options["tenant"]):
            table = standing(as_of=options["as_of"], basis=options["basis"], measure_name=options["measure"])
        if options["json"]:
            self.stdout.write(exact_json.dumps(as_json(table)))
            return
        self.stdout.write(
            f"{table.measure.name}（{Basis(table.basis).label}）截至 {table.as_of}："
            f"任务 {plain(table.target)} 万元，"
            f"完成 {plain(table.amount)} 万元，待核实 {plain(table.pending)} 万元，"
            f"完成率 {table.completion}%，"
            f"时序 {table.schedule}%"
        )
        for unit_class in UnitClass:
            lines = table.of_class(unit_class)
            self.stdout.write(f"{unit_class.label} {len(lines)} 个：{'、'.join(line.name for line in lines)}")
