"""Persons at firms: kept as far as the work needs them, masked, erasable."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound
from projects import rules
from projects.models import Contact, Enterprise
from projects.queries.visible import contacts_for
from projects.validators import phone_fault

ERASED = "（已删除）"


@dataclass(frozen=True)
class Person:
    """Who is to be kept: a name, a title, a phone. Nothing else about a person is asked."""

    name: str
    title: str = ""
    phone: str = ""

    def problems(self, prefix: str = "") -> dict[str, str]:
        """What is wrong with it, by field."""
        found = {}
        if not self.name.strip():
            found[f"{prefix}name"] = "请填写联系人姓名。"
        if self.phone and (fault := phone_fault(self.phone)):
            found[f"{prefix}phone"] = fault
        return found


@transaction.atomic
def add(
    *, post: ActingPost, unit: Unit, person: Person, firm_name: str = "", enterprise: Enterprise | None = None
) -> Contact:
    """Keep a contact for a unit. Raises Forbidden outside the own unit, ValidationError by field."""
    if not rules.may_record_for(post, unit.pk):
        raise Forbidden("只能为本单位登记联系人。")
    act("contact.add")
    problems = person.problems()
    if enterprise is None and not firm_name.strip():
        problems["firm_name"] = "请填写企业名称。"
    if problems:
        raise ValidationError(problems)
    return written(unit=unit, person=person, firm_name=firm_name, enterprise=enterprise)


def written(*, unit: Unit, person: Person, firm_name: str, enterprise: Enterprise | None) -> Contact:
    """The contact's row, inside the caller's act; a person whom the unit knows at this firm is taken."""
    firm = {"enterprise": enterprise} if enterprise else {"enterprise": None, "firm_name": firm_name.strip()}
    known = Contact.objects.filter(unit=unit, name=person.name.strip(), **firm).order_by("pk").first()
    if known is not None and (not person.phone or known.phone == person.phone):
        return known
    return Contact.objects.create(
        unit=unit, name=person.name.strip(), title=person.title.strip(), phone=person.phone.strip(), **firm
    )


@transaction.atomic
def reveal(*, post: ActingPost, contact_id: int) -> str:
    """The whole phone number of a contact that the post may see; asking for it is an act in the log.

    Raises NotFound.
    """
    contact = _found(post, contact_id)
    act("contact.reveal", reason=f"联系人 {contact.pk}")
    return contact.phone


@transaction.atomic
def erase(*, post: ActingPost, contact_id: int, reason: str) -> Contact:
    """Erase name, title and phone of a contact; visits and leads that named it stay.

    Raises NotFound, Forbidden outside the own unit, ValidationError without a reason.
    """
    contact = _found(post, contact_id)
    if not rules.may_record_for(post, contact.unit_id):
        raise Forbidden("联系人由登记单位或招商局删除。")
    act("contact.erase", reason=reason)
    if not reason.strip():
        raise ValidationError({"reason": "请写明删除的原因。"})
    contact.name, contact.title, contact.phone = ERASED, "", ""
    contact.save(update_fields=["name", "title", "phone"])
    return contact


def _found(post: ActingPost, contact_id: int) -> Contact:
    contact = contacts_for(post).select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("没有这个联系人。")
    return contact
