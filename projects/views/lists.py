"""What the pages of uploaded lists share: findings in words, the file that waits, a download."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from accounts.refusals import NotFound
from projects.forms.uploads import KeptForm
from projects.services import kept
from projects.sheets.findings import ASK, ERROR, FLAG, Finding

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Severity -> its word, its tone in the style sheet.
SEVERITIES = {ERROR: ("错误", "bad"), ASK: ("请确认", "warn"), FLAG: ("提醒", "wait")}


def waiting(request: HttpRequest) -> tuple[bytes, str, str]:
    """Content, token and name of the file that this form is about. Raises NotFound."""
    form = KeptForm(request.POST)
    if not form.is_valid():
        raise NotFound("没有这份已上传的表格，请重新上传。")
    token = form.cleaned_data["token"]
    return kept.kept(token), token, form.cleaned_data["file_name"]


def told(findings: Iterable[Finding]) -> list[tuple[str, str, Finding]]:
    """Findings with the word and the tone of their severity."""
    return [(*SEVERITIES[finding.severity], finding) for finding in findings]


def download(content: bytes, name: str) -> HttpResponse:
    """A workbook to keep, under an ASCII name that every browser takes."""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
