"""The page shell: menu of the post acted in, and the day at which the demo stands."""

import datetime as dt
from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.choices import Role

register = template.Library()

READERS = {Role.REPORTER, Role.HEAD, Role.BUREAU, Role.INSPECTION, Role.LEADER, Role.SUPERIOR}
# Name of the page, its words, and the roles that work with it; in the order of the work.
MENU = (
    ("home", _("工作台"), set(Role.values)),
    ("voucher_new", _("登记凭证"), {Role.REPORTER, Role.HEAD, Role.BUREAU}),
    ("returns", _("报表"), READERS),
    ("queue", _("核实队列"), {Role.REPORTER, Role.HEAD, Role.BUREAU, Role.INSPECTION}),
    ("projects", _("项目"), READERS),
    ("standing", _("任务进度"), READERS),
    ("figures", _("全县数据"), READERS),
    ("imports", _("导入工作簿"), {Role.BUREAU}),
    ("changes", _("变更记录"), READERS | {Role.AUDIT_ADMIN}),
)


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    url: str
    label: str
    current: bool


@register.inclusion_tag("portal/_menu.html", takes_context=True)
def menu(context: template.Context) -> dict[str, list[Item]]:
    """The pages that the post acted in works with; the one that is open is marked."""
    request = context["request"]
    items = []
    for name, label, roles in MENU:
        if request.post.role in roles:
            url = reverse(name)
            here = request.path == url or (url != "/" and request.path.startswith(url))
            items.append(Item(url, label, here))
    return {"items": items}


@register.simple_tag
def demo_date() -> dt.date | None:
    """The day at which a demo stands still; None where the clock runs."""
    return clock.today() if clock.frozen() else None
