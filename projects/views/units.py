"""Loading units from a list: template, upload with everything that is wrong at once, acceptance."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.choices import UnitKind
from accounts.refusals import Refused
from accounts.rules import may_keep_units
from accounts.views.gate import gate, words
from projects.forms.uploads import ListForm
from projects.services import kept, unit_lists
from projects.sheets import layouts, spellings, templates
from projects.views import lists

EXAMPLES = [
    ["城关镇", "镇", "乡镇组", "", "县政府办", "", "", ""],
    ["县招商局", "部门", "部门组", "", "县政府办", "", "", ""],
    ["纪委监察局", "部门", "部门组", "", "县委办", "", "是", ""],
    ["县委督查室", "内设机构", "", "县委办", "", "", "", ""],
]


@gate(may_keep_units, "GET")
def template(request: HttpRequest) -> HttpResponse:
    """The empty list."""
    notes = [
        "请把示例行改成本县的单位，再上传。每行一个单位，名称不能重复。",
        f"类别可填：{'、'.join(spellings.UNIT_KINDS)}。",
        "考核分组可不填；填了的，从本年第一天起归入该组，没有的组自动建立。",
        "上级单位、分管领导所在办公室应是系统中已有或本表所列的单位。",
        "分管领导所在办公室的人员不得核实该单位的数据（回避）。",
        "不参加考核的填“是”；设立日期写成 2012-03-05，一直就有的不填。",
    ]
    content = templates.template(layouts.UNIT_LIST, _("单位名册"), EXAMPLES, notes)
    return lists.download(content, "units.xlsx")


@gate(may_keep_units, "GET", "POST")
def load(request: HttpRequest) -> HttpResponse:
    """Upload a list and read everything that it says; writes nothing."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["workbook"]
        content = file.read()
        return _check_page(request, content, kept.keep(content), file.name[-200:])
    return render(request, "projects/units_load.html", {"form": form})


@gate(may_keep_units, "POST")
def accept(request: HttpRequest) -> HttpResponse:
    """Add the units of the list that was checked."""
    content, token, name = lists.waiting(request)
    try:
        added = unit_lists.load(post=request.post, content=content, file_name=name, today=clock.today())
    except Refused as refusal:
        return _check_page(request, content, token, name, words(refusal))
    if added:
        messages.success(request, _("已新增 {number} 个单位。").format(number=added))
    else:
        messages.info(request, _("名册里的单位都已在系统中，没有新增。"))
    return redirect("units")


def _check_page(
    request: HttpRequest, content: bytes, token: str, name: str, refused: str = ""
) -> HttpResponse:
    try:
        listed = unit_lists.examine(content, name, today=clock.today())
    except Refused as refusal:
        form = ListForm()
        return render(request, "projects/units_load.html", {"form": form, "refused": words(refusal)})
    kinds = dict(UnitKind.choices)
    return render(
        request,
        "projects/units_check.html",
        {
            "token": token,
            "file_name": name,
            "refused": refused,
            "listed": listed,
            "findings": lists.told(listed.findings),
            "rows": [(row, kinds.get(row.kind, "")) for row in listed.new],
        },
    )
