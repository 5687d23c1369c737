"""The archive of one project in one click."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import clock
from accounts.refusals import Refused
from accounts.views.gate import gate, words
from assessment.services import archives
from projects.rules import reads_data
from projects.services import file_names
from projects.views.evidence import attachment
from projects.views.projects import found


@gate(reads_data, "GET")
def download(request: HttpRequest, project_id: int) -> FileResponse | HttpResponse:
    """Send everything about the project as one zip; the download is an act in the log."""
    project = found(request, project_id)
    try:
        pack = archives.pack(post=request.post, project=project, at=clock.now())
    except Refused as refusal:
        messages.error(request, words(refusal))
        return redirect("project", project.pk)
    return attachment(pack, file_names.tidy(f"项目档案_{project.name}.zip"), "application/zip")
