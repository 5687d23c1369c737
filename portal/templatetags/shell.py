"""The page shell: menu of the post acted in, and the day at which the demo stands."""

import datetime as dt
from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

import accounts.rules
import assessment.rules
import projects.rules
from accounts import clock
from portal import help as helps

register = template.Library()

# Under each heading its pages: name, words and whom each serves; in the order of the work.
MENU = (
    (
        _("日常工作"),
        (
            ("home", _("工作台"), accounts.rules.anybody),
            ("notices", _("提醒"), accounts.rules.anybody),
            ("saved_filters", _("常用筛选"), accounts.rules.anybody),
            ("visit_new", _("记走访"), projects.rules.may_record),
            ("lead_new", _("报线索"), projects.rules.may_record),
            ("voucher_new", _("登记凭证"), projects.rules.may_record),
            ("returns", _("报表"), projects.rules.reads_data),
        ),
    ),
    (
        _("审核"),
        (
            ("queue", _("核实队列"), assessment.rules.works_queue),
            ("reductions", _("核减情况"), projects.rules.reads_data),
            ("matters", _("督办"), projects.rules.reads_data),
            ("mismatches", _("疑点对照"), projects.rules.reads_county),
            ("draws", _("上级抽查"), projects.rules.reads_data),
        ),
    ),
    (
        _("台账"),
        (
            ("projects", _("项目"), projects.rules.reads_data),
            ("durations", _("阶段用时"), projects.rules.reads_data),
            ("visits", _("走访"), projects.rules.reads_data),
            ("leads", _("线索"), projects.rules.reads_leads),
            ("enterprises", _("企业"), projects.rules.reads_data),
            ("vouchers", _("凭证"), projects.rules.reads_data),
        ),
    ),
    (
        _("数据"),
        (
            ("standing", _("任务进度"), projects.rules.reads_data),
            ("figures", _("主要数据"), projects.rules.reads_data),
            ("snapshots", _("公示与结果"), projects.rules.reads_data),
            ("targets", _("目标任务"), projects.rules.reads_data),
            ("official", _("独立数据"), projects.rules.reads_data),
            ("reconciliation", _("对账"), projects.rules.reads_county),
        ),
    ),
    (
        _("规则"),
        (
            ("periods", _("填报期"), projects.rules.reads_county),
            ("calendar", _("工作日历"), projects.rules.may_keep_calendar),
            ("measures", _("统计口径"), projects.rules.reads_data),
            ("procedures", _("核实程序"), projects.rules.reads_data),
            ("checklists", _("佐证清单"), projects.rules.reads_data),
            ("gates", _("阶段条件"), projects.rules.may_set_gates),
            ("imports", _("导入工作簿"), assessment.rules.imports),
        ),
    ),
    (
        _("系统"),
        (
            ("units", _("单位"), accounts.rules.anybody),
            ("users", _("用户"), accounts.rules.may_see_users),
            ("clients", _("接口客户端"), accounts.rules.may_manage_clients),
            ("deliveries", _("邮件送达"), assessment.rules.watches_deliveries),
            ("mailbox", _("提醒邮箱"), assessment.rules.has_mail),
            ("exports", _("导出审批"), assessment.rules.sees_exports),
            ("changes", _("变更记录"), accounts.rules.may_read_changes),
            ("checkpoints", _("校验点"), accounts.rules.may_read_checkpoints),
            ("access", _("访问记录"), accounts.rules.may_read_access),
            ("help", _("帮助"), accounts.rules.anybody),
        ),
    ),
)
# Every page of the menu by its name.
PAGES = {name: (words, serves) for _heading, pages in MENU for name, words, serves in pages}


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    url: str
    label: str
    current: bool


@dataclass(frozen=True)
class Group:
    """A part of the menu under its heading."""

    heading: str
    items: list[Item]


@register.inclusion_tag("portal/_menu.html", takes_context=True)
def menu(context: template.Context) -> dict[str, list[Group]]:
    """The pages that the post acted in works with; the one that is open is marked."""
    request = context["request"]
    served = {name for name, (_words, serves) in PAGES.items() if serves(request.post)}
    open_ = _open(request.path, [reverse(name) for name in served])
    groups = []
    for heading, pages in MENU:
        found = [(reverse(name), str(words)) for name, words, _serves in pages if name in served]
        if found:
            groups.append(Group(str(heading), [Item(url, words, url == open_) for url, words in found]))
    return {"groups": groups}


def _open(path: str, pages: list[str]) -> str:
    """The longest address that the page's own begins with: /vouchers/new/ is not the list of vouchers."""
    found = max((url for url in pages if path.startswith(url)), key=len, default="")
    return "" if found == "/" and path != "/" else found


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, name: str) -> str:
    """A page of the menu by its words; a link for those whom it serves."""
    label, serves = PAGES[name]
    if not serves(context["request"].post):
        return str(label)
    return format_html('<a href="{}">{}</a>', reverse(name), label)


@register.simple_tag
def demo_date() -> dt.date | None:
    """The day at which a demo stands still; None where the clock runs."""
    return clock.today() if clock.frozen() else None


@register.simple_tag(takes_context=True)
def draft_owner(context: template.Context) -> str:
    """The name under which a browser keeps this person's drafts in this jurisdiction; it says no more."""
    request: HttpRequest | None = context.get("request")
    if not getattr(request, "post", None):
        return ""
    county = request.county.pk if request.county else request.post.tenant_id
    return salted_hmac("drafts", f"{county}:{request.post.user_id}", algorithm="sha256").hexdigest()[:24]


@register.simple_tag(takes_context=True)
def help_here(context: template.Context) -> helps.Topic | None:
    """The topic that explains the page that is open."""
    return helps.of_page(context["request"].path)
