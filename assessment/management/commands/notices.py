import datetime as dt
from typing import Any

from django.utils import timezone

from accounts import clock, exact_json
from accounts.commands import TenantCommand
from accounts.tasks import inside
from assessment.choices import NoticeKind
from assessment.models import Notice
from assessment.queries.notice_day import Planned
from assessment.queries.notice_rows import planned_between
from assessment.queries.notices import due
from assessment.services import notices

# A day without an hour stands for its morning, within the hours of every standard rule.
MORNING = dt.time(9, 30)


class Command(TenantCommand):
    help = "一天的提醒：已生成的和应生成而未生成的；--plan 立即生成（只在工作日和规定时间内）。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--at", type=_moment, metavar="DATE", help="日期或日期时间，默认现在")
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, metavar="DATE", help="也列出此日以来已生成的"
        )
        parser.add_argument("--plan", action="store_true", help="生成应提醒的")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        now = options["at"] or clock.now()
        today = timezone.localdate(now)
        if options["plan"]:
            with inside(self.tenant_id(options["tenant"])):
                notices.plan(now=now, today=today)
        with self.reading(options["tenant"]):
            rows = [_planned(notice) for notice in planned_between(options["since"] or today, today)]
            rows += [_due(item) for item in due(today)]
        if options["json"]:
            self.stdout.write(exact_json.dumps({"on": today.isoformat(), "notices": rows}))
            return
        for row in rows:
            state = f"{row['planned']} 已提醒 {row['delivered']} 人" if row["planned"] else "应提醒，未生成"
            self.stdout.write(f"{row['rule_name']} 第{row['step']}步 {row['unit']}：{state}。{row['text']}")
        self.stdout.write(f"{today}：共 {len(rows)} 条。")


def _moment(text: str) -> dt.datetime:
    """A moment in the portal's time zone; a bare date is its morning."""
    if len(text) == len("2012-07-02"):
        moment = dt.datetime.combine(dt.date.fromisoformat(text), MORNING)
    else:
        moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _planned(notice: Notice) -> dict[str, Any]:
    return _row(notice, planned=notice.planned_on.isoformat(), delivered=notice.told, kind=notice.kind)


def _due(item: Planned) -> dict[str, Any]:
    return _row(item, planned=None, delivered=0, kind=item.rule.kind)


def _row(of: Any, *, planned: str | None, delivered: int, kind: str) -> dict[str, Any]:
    return {
        "rule": kind,
        "rule_name": str(NoticeKind(kind).label),
        "version": of.rule.version if of.rule else None,
        "unit": of.unit.name,
        "measure": of.rule.measure.name if of.rule and of.rule.measure else None,
        "period": of.period.name if of.period else None,
        "step": of.step,
        "planned": planned,
        "delivered": delivered,
        "text": of.text,
    }
