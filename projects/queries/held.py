"""Who has a firm or a project already: the unit's name, nothing more (who sees what inside a tenant)."""

import datetime as dt

from django.db.models import Q

from projects.models import Project
from projects.queries import leads
from projects.validators import normalise_credit_code


def project_named(name: str) -> Project | None:
    """The project of this name, whoever's it is."""
    return Project.objects.filter(name=name.strip()).first()


def warnings_of(name: str, firm_name: str, credit_code: str, *, unit_id: int, today: dt.date) -> list[str]:
    """Sentences about other units that hold this firm, by a project or by a lead. Two queries."""
    code = normalise_credit_code(credit_code)
    same = Q(enterprise__name__iexact=firm_name.strip())
    if code:
        same |= Q(enterprise__credit_code=code)
    others = Project.objects.filter(same).exclude(unit_id=unit_id).exclude(name=name.strip())
    names = others.order_by("unit__sort_key", "unit_id").values_list("unit__name", flat=True).distinct()
    found = [f"该投资方已有项目由“{unit}”引进，请先与招商局核对，避免重复登记。" for unit in names]
    holder = leads.holder_of(firm_name, today=today)
    if holder is not None and holder.unit_id != unit_id:
        found.append(f"该投资方已由“{holder.unit.name}”首报，保护期至 {holder.held_until:%Y-%m-%d}。")
    return found
