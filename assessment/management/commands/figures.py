import datetime as dt
from decimal import Decimal

from accounts import exact_json
from accounts.commands import TenantCommand
from assessment.choices import Basis
from assessment.queries.figures import definitions, figures
from projects.sheets.cells import plain


class Command(TenantCommand):
    help = "全县主要数据：项目、合同、金额和比率，含与不含续建项目。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--as-of", required=True, type=dt.date.fromisoformat, metavar="DATE")
        parser.add_argument("--basis", choices=Basis.values, default=Basis.VERIFIED)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        with self.reading(options["tenant"]):
            result = figures(as_of=options["as_of"], basis=options["basis"])
            labels = {key: figure.label for key, figure in definitions(options["as_of"]).items()}
        if options["json"]:
            self.stdout.write(exact_json.dumps(result))
            return
        for key, label in labels.items():
            self.stdout.write(f"{label}：{plain(Decimal(result[key]))}")
