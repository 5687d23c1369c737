"""Importing a workbook: upload, everything that was understood and found, acceptance, undo.

Nothing is written before the acceptance. Between the pages the file is kept under its hash, the
answers to its questions travel in the form.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import clock
from accounts.models import Unit
from accounts.queries.readable import post_words
from accounts.refusals import Forbidden, NotFound, Refused
from accounts.views.gate import gate
from accounts.views.resends import once
from assessment import rules
from assessment.forms.imports import UndoForm, answers_in
from assessment.models import ImportBatch
from assessment.queries.batches import batches as all_batches
from assessment.services import workbooks
from assessment.services.workbooks import Examined
from projects.forms.uploads import KeptForm, UploadForm
from projects.services import kept
from projects.sheets.findings import ASK, ERROR, FLAG
from projects.sheets.layouts import LAYOUTS

PAGE = 50
# Severity -> its word, its colour's word, its tone in the style sheet.
SEVERITIES = {ERROR: ("错误", "红", "bad"), ASK: ("请确认", "黄", "warn"), FLAG: ("提醒", "蓝", "wait")}
CHANGED = "changed"  # code of a finding that differs from what is registered


@gate(rules.imports, "GET")
def batches(request: HttpRequest) -> HttpResponse:
    """What was imported so far, and the form for the next workbook."""
    return _list_page(request, UploadForm())


@gate(rules.imports, "POST")
def check(request: HttpRequest) -> HttpResponse:
    """Everything that a workbook says and everything that is wrong with it; writes nothing."""
    if "token" in request.POST:
        token, name = _kept(request)
        content = kept.kept(token)
    else:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return _list_page(request, form)
        file = form.cleaned_data["workbook"]
        content, name = file.read(), file.name[-200:]
        token = kept.keep(content)
    return _check_page(request, content, token, name)


@gate(rules.imports, "POST")
@once()
def load(request: HttpRequest) -> HttpResponse:
    """Accept the workbook, or its clean rows."""
    token, name = _kept(request)
    content = kept.kept(token)
    clean_only = request.POST.get("accept") == "clean"
    try:
        done = workbooks.load(
            post=request.post,
            content=content,
            file_name=name,
            today=clock.today(),
            answers=answers_in(request.POST),
            accept_clean=clean_only,
        )
    except (NotFound, Forbidden):
        raise
    except (Refused, ValidationError) as refusal:
        words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        return _check_page(request, content, token, name, words)
    if done.batch is None:
        messages.info(request, "工作簿的内容都已登记过，没有写入任何数据。")
    else:
        messages.success(request, f"已导入第 {done.batch.pk} 批：{_counted(done.written)}。")
    if done.left:
        messages.warning(
            request, f"有 {len(done.left)} 处问题所在的行没有导入，请改正后再传一次；已导入的不会重复。"
        )
    return redirect("imports")


@gate(rules.imports, "GET", "POST")
@once(UndoForm)
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take a batch back while nobody has decided on it: asks once, with a reason."""
    batch = all_batches().filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("没有这个导入批次。")
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workbooks.undo(
                post=request.post, batch_id=batch_id, reason=form.cleaned_data["reason"], today=clock.today()
            )
        except (NotFound, Forbidden):
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"第 {batch_id} 批已撤销：申报已冲销，报表退回未报；单位、企业和项目保留。"
            )
            return redirect("imports")
    return render(request, "assessment/import_undo.html", {"batch": _told(batch), "form": form})


def _list_page(request: HttpRequest, form: UploadForm, faults: list[str] | None = None) -> HttpResponse:
    page = Paginator(all_batches(), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessment/imports.html",
        {"form": form, "page": page, "batches": [_told(batch) for batch in page], "faults": faults or []},
    )


def _check_page(
    request: HttpRequest, content: bytes, token: str, name: str, faults: list[str] | None = None
) -> HttpResponse:
    answers = answers_in(request.POST)
    try:
        examined = workbooks.examine(content, name, today=clock.today(), answers=answers)
    except Refused as refusal:
        return _list_page(request, UploadForm(), [str(refusal)])
    findings = examined.result.findings
    counted = [
        (*words, sum(one.severity == severity for one in findings)) for severity, words in SEVERITIES.items()
    ]
    return render(
        request,
        "assessment/import_check.html",
        {
            "token": token,
            "file_name": name,
            "faults": faults or [],
            "examined": examined,
            "result": examined.result,
            "findings": [(*SEVERITIES[finding.severity], finding) for finding in findings],
            "counted": counted,
            "changed": [finding for finding in findings if finding.code == CHANGED],
            "new_rows": [(layout.label, examined.new_rows[layout.kind]) for layout in LAYOUTS],
            "new": sum(examined.new_rows.values()),
            "questions": _questions(examined, answers),
            "answers": list(answers.items()),
            "units": _unit_names(examined),
        },
    )


def _questions(examined: Examined, answers: dict[str, str]) -> list[dict]:
    """Each thing asked once, with the rows that wait for it; then what was answered already."""
    asked: dict[str, dict] = {}
    for finding in examined.result.findings:
        if finding.severity == ASK:
            question = asked.setdefault(
                finding.key,
                {
                    "key": finding.key,
                    "words": finding.question,
                    "proposal": finding.proposal,
                    "rows": [],
                    "chosen": "",
                },
            )
            question["rows"].append(f"{finding.sheet}第{finding.row}行")
    for key, answer in answers.items():
        if key not in asked:
            words = key.partition(":")[2] or key
            asked[key] = {"key": key, "words": f"“{words}”", "proposal": "", "rows": [], "chosen": answer}
    return list(asked.values())


def _unit_names(examined: Examined) -> list[str]:
    """Units that an answer may name: those of the tenant and those that the workbook brings, by pinyin."""
    known = list(Unit.objects.order_by("sort_key", "pk").values_list("name", flat=True))
    brought = [row.unit for row in examined.result.clean.tasks if row.unit]
    return list(dict.fromkeys([*known, *brought]))


def _kept(request: HttpRequest) -> tuple[str, str]:
    """Token and name of the workbook that this form is about. Raises NotFound."""
    form = KeptForm(request.POST)
    if not form.is_valid():
        raise NotFound("没有这份已上传的工作簿，请重新上传。")
    return form.cleaned_data["token"], form.cleaned_data["file_name"]


def _told(batch: ImportBatch) -> dict:
    """A batch for the list: who, when, what, and whether it still stands."""
    unit, role = post_words(batch.change.post_label)
    return {
        "batch": batch,
        "who": f"{unit}·{role}" if role else unit,
        "when": batch.change.at,
        "counts": _counted(batch.summary),
        "undone_at": batch.undone_by.at if batch.undone_by_id else None,
    }


def _counted(written: dict[str, int]) -> str:
    """What a batch wrote, in words."""
    return "，".join(
        f"{workbooks.WORDS.get(what, what)} {number}" for what, number in written.items() if number
    )
