"""Rules of reminding: the list in plain sentences, a new version, a rule for another measure."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.views.gate import gate, tried
from accounts.views.resends import once
from assessment import rules as may
from assessment.choices import RuleKind
from assessment.forms.rules import RuleForm, initial
from assessment.models import Rule
from assessment.models.notice import BY_MONTH
from assessment.queries.notice_words import sentence
from assessment.queries.rules_in_force import newest
from assessment.services import rules


@gate(may.reads_reminders, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Every rule in force, in a plain sentence."""
    found = [(rule, sentence(rule)) for rule in newest(clock.today())]
    kinds = [(kind, RuleKind(kind).label) for kind in BY_MONTH]
    keeps = may.keeps_reminders(request.post)
    return render(request, "assessment/notice_rules.html", {"rules": found, "kinds": kinds, "keeps": keeps})


@gate(may.keeps_reminders, "GET", "POST")
@once()
def revise(request: HttpRequest, rule_id: int) -> HttpResponse:
    """The next version of a rule, with the document and the reason."""
    before = get_object_or_404(Rule.objects.select_related("measure"), pk=rule_id)
    return _form_page(request, before.kind, before)


@gate(may.keeps_reminders, "GET", "POST")
@once()
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A rule of this kind for a measure that has none."""
    if kind not in BY_MONTH:
        raise Http404
    return _form_page(request, kind, None)


def _form_page(request: HttpRequest, kind: str, before: Rule | None) -> HttpResponse:
    shown = initial(before) if before else {"enabled": True, "hours_from": "08:30", "hours_until": "17:30"}
    shown["valid_from"] = clock.today()
    data = request.POST if request.method == "POST" else None
    form = RuleForm(data, kind=kind, before=before, initial=shown)
    if form.is_valid():
        published = tried(
            form,
            rules.publish,
            post=request.post,
            kind=kind,
            measure=before.measure if before else form.cleaned_data.get("measure"),
            values=form.values,
            reason=form.cleaned_data["reason"],
        )
        if published is not None:
            messages.success(
                request,
                _("已发布“%(rule)s”第%(version)s版。")
                % {
                    "rule": published.get_kind_display(),
                    "version": published.version,
                },
            )
            return redirect("notice_rules")
    context = {"form": form, "before": before, "kind": RuleKind(kind).label}
    if before is not None:
        context["sentence"] = sentence(before)
    return render(request, "assessment/notice_rule_form.html", context)
