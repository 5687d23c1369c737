"""Firms: the list, one firm with everything that happened with it, its correction; contacts' phones."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.queries import history
from accounts.views.gate import gate, tried
from accounts.views.paging import paged, searched
from projects import rules
from projects.forms.lifecycle import BecauseForm, EnterpriseForm
from projects.models import Contact, Enterprise
from projects.queries import acts, timeline
from projects.queries.visible import contacts_for, enterprises_for, projects_for
from projects.services import contacts, enterprises

PAGE = 50


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Firms that the post may read, by name, pinyin initials or credit code."""
    words = searched(request)
    found = acts.enterprises_listed(request.post, words=words)
    return render(request, "projects/enterprises.html", {"words": words, **paged(request, found, PAGE)})


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One firm: its projects, its contacts as far as the post may see them, the stream of what happened."""
    firm = _found(request, enterprise_id)
    show = request.GET.get("show", "")
    events = timeline.of_firm(request.post, firm.pk, firm.name, show=show)
    of_firm = projects_for(request.post).filter(enterprise=firm).select_related("unit")
    return render(
        request,
        "projects/enterprise.html",
        {
            "firm": firm,
            "projects": list(of_firm.order_by("-year_introduced", "name", "pk")),
            "contacts": list(contacts_for(request.post).filter(enterprise=firm).order_by("name", "pk")),
            "show": show,
            "kinds": timeline.KINDS.items(),
            "edits": rules.may_record(request.post),
            "changes": history.of_rows([("projects_enterprise", firm.pk)], limit=10),
            **paged(request, events, PAGE),
        },
    )


@gate(rules.may_record, "GET", "POST")
def edit(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Correct a firm's name, code and seat."""
    firm = _found(request, enterprise_id)
    known = {"firm_name": firm.name, "credit_code": firm.credit_code or "", "division": firm.division}
    form = EnterpriseForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        values = dict(form.cleaned_data)
        values["name"] = values.pop("firm_name")
        done = tried(form, enterprises.edit, post=request.post, enterprise_id=firm.pk, **values)
        if done is not None:
            messages.success(request, _("已保存企业资料。"))
            return redirect("enterprise", firm.pk)
    return render(request, "projects/enterprise_form.html", {"form": form, "firm": firm})


@gate(rules.reads_leads, "GET")
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """A person at a firm, the phone masked."""
    return render(request, "projects/contact.html", _contact_page(request, contact_id))


@gate(rules.reads_leads, "POST")
def reveal(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The whole phone number on this page alone; asking for it stands in the change log (F-16)."""
    phone = contacts.reveal(post=request.post, contact_id=contact_id)
    page = render(request, "projects/contact.html", {**_contact_page(request, contact_id), "phone": phone})
    page["Cache-Control"] = "no-store"
    return page


@gate(rules.may_record, "POST")
def erase(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Erase a person's data; what was done with the firm stays."""
    form = BecauseForm(request.POST)
    if form.is_valid():
        because = {"contact_id": contact_id, "reason": form.cleaned_data["reason"]}
        if tried(form, contacts.erase, post=request.post, **because) is not None:
            messages.success(request, _("已删除联系人的姓名、职务和电话。"))
            return redirect("contact", contact_id)
    return render(request, "projects/contact.html", {**_contact_page(request, contact_id), "form": form})


def _found(request: HttpRequest, enterprise_id: int) -> Enterprise:
    return get_object_or_404(enterprises_for(request.post), pk=enterprise_id)


def _contact_page(request: HttpRequest, contact_id: int) -> dict:
    related = ("enterprise", "unit")
    found: Contact = get_object_or_404(contacts_for(request.post).select_related(*related), pk=contact_id)
    erases = rules.may_record_for(request.post, found.unit_id)
    return {"contact": found, "form": BecauseForm() if erases else None}
