"""Firms: found by credit code or name, added where they are new, corrected by hand."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound
from projects import rules
from projects.models import Enterprise
from projects.queries.visible import enterprises_for
from projects.sheets.cells import name_key
from projects.validators import credit_code_fault, normalise_credit_code


def problems_of(name: str, credit_code: str) -> dict[str, str]:
    """What is wrong with a firm as typed, by field (``firm_name``, ``credit_code``). One query at most.

    The code is normalised; empty means 暂无代码.
    """
    problems = {}
    if not name.strip():
        problems["firm_name"] = "请填写企业名称。"
    code = normalise_credit_code(credit_code)
    if code and (fault := credit_code_fault(code)):
        problems["credit_code"] = fault
    elif code and name.strip():
        known = Enterprise.objects.filter(credit_code=code).first()
        if known is not None and name_key(known.name) != name_key(name):
            problems["credit_code"] = "该信用代码已登记在另一个企业名称下，请按营业执照核对名称和代码。"
    return problems


def found_or_added(name: str, credit_code: str = "", division: str = "") -> Enterprise:
    """The firm of this code, else the one of this name without a code, else a new one; inside an act.

    The values have passed ``problems_of``. A firm without a code takes the one that is given now.
    """
    code = normalise_credit_code(credit_code) or None
    if code and (known := Enterprise.objects.filter(credit_code=code).first()):
        return known
    same = [firm for firm in _of_name(name) if firm.credit_code is None or code is None]
    if same:
        firm = same[0]
        if code:
            firm.credit_code = code
            firm.save(update_fields=["credit_code"])
        return firm
    return Enterprise.objects.create(name=name.strip(), credit_code=code, division=division.strip())


def _of_name(name: str) -> list[Enterprise]:
    """Firms of this name, those without a code first."""
    exact = Enterprise.objects.filter(name__iexact=name.strip()).order_by("pk")
    return sorted(exact, key=lambda firm: firm.credit_code is not None)


@transaction.atomic
def edit(*, post: ActingPost, enterprise_id: int, name: str, credit_code: str, division: str) -> Enterprise:
    """Correct a firm's name, code and seat (企业资料). What it was stands in the change log.

    Raises NotFound, Forbidden outside the own projects, ValidationError by field.
    """
    act("enterprise.edit")
    if not rules.may_record(post):
        raise Forbidden("企业资料由引进单位或招商局修改。")
    firm = enterprises_for(post).select_for_update(of=("self",)).filter(pk=enterprise_id).first()
    if firm is None:
        raise NotFound("没有这家企业。")
    problems = problems_of(name, credit_code)
    code = normalise_credit_code(credit_code) or None
    others = Enterprise.objects.exclude(pk=firm.pk)
    if (
        "credit_code" in problems
        and not others.filter(credit_code=code).exists()
        and not credit_code_fault(code or "")
    ):
        # The code is its own: only the name is corrected.
        del problems["credit_code"]
    if code is None and firm.credit_code is not None:
        problems["credit_code"] = "已登记的信用代码不能删除，只能改正。"
    if code is None and others.filter(name=name.strip(), credit_code__isnull=True).exists():
        problems["firm_name"] = "已有同名企业。"
    if problems:
        raise ValidationError(problems)
    firm.name, firm.credit_code, firm.division = name.strip(), code, division.strip()
    firm.save()
    return firm
