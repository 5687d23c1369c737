"""Split certificates: agreed credit for a project's claims."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.paging import number_in
from accounts.views.resends import once
from projects import rules
from projects.forms.splits import SplitForm
from projects.queries.visible import projects_for
from projects.services import splits


@gate(rules.may_agree_split, "GET", "POST")
@once(SplitForm)
def new(request: HttpRequest) -> HttpResponse:
    """Register a split certificate for a project."""
    project = get_object_or_404(
        projects_for(request.post).select_related("enterprise", "unit"),
        pk=number_in(request.GET.get("project", "")),
    )
    form = SplitForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            split = splits.agree(
                post=request.post,
                project=project,
                document=values["document"],
                agreed_on=values["agreed_on"],
                shares=form.shares(),
                double_credit=values["double_credit"],
            )
        except ValidationError as faults:
            for field, told in faults.message_dict.items():
                form.add_error(field if field in form.fields else None, told)
        except Refused as refusal:
            form.add_error(None, words(refusal))
        else:
            messages.success(request, _("已登记分成协议“{document}”。").format(document=split.document))
            return redirect("project", project.pk)
    return render(request, "projects/split_form.html", {"project": project, "form": form})
