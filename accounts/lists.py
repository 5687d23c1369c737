"""The lists that are narrowed through their address, and what of such an address is worth keeping."""

from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

# Name of the address -> what people call the list; in the order of the menu.
LISTS = {
    "returns": _("报表"),
    "queue": _("核实队列"),
    "reductions": _("核减情况"),
    "matters": _("督办"),
    "mismatches": _("疑点对照"),
    "projects": _("项目"),
    "durations": _("阶段用时"),
    "visits": _("走访"),
    "leads": _("线索"),
    "enterprises": _("企业"),
    "vouchers": _("凭证"),
    "standing": _("任务进度"),
    "figures": _("主要数据"),
    "targets": _("目标任务"),
    "official_source": _("独立数据"),
    "reconciliation": _("对账"),
    "units": _("单位"),
    "users": _("用户"),
    "changes": _("变更记录"),
    "access": _("访问记录"),
}
# Parameters that say how far one has turned the pages of a list and not what it shows.
TURNED = ("page", "before")
LONGEST = 500


class NoList(ValueError):
    """The address is not one of a list of the portal."""


def list_at(path: str) -> str:
    """Name of the list at this path, a key of LISTS. Raises NoList for any other path."""
    try:
        name = resolve(path).url_name
    except Resolver404 as error:
        raise NoList(path) from error
    if name not in LISTS:
        raise NoList(path)
    return name


def narrowed(address: str) -> str:
    """The address of a list without its page number, spelled in one way.

    Raises NoList for an address with a scheme or a host and for one that leads elsewhere.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise NoList(address) from error
    if parts.scheme or parts.netloc or not address.startswith("/"):
        raise NoList(address)
    list_at(parts.path)
    query = QueryDict(parts.query, mutable=True)
    for name in TURNED:
        query.pop(name, None)
    return f"{parts.path}?{query.urlencode()}" if query else parts.path
