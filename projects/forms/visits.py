"""Forms of the field: a visit in five inputs, a lead from it in four."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from projects.choices import Direction
from projects.forms.fields import MONEY_UNITS, AmountField, DayField, FilesField
from projects.models import Enterprise, Lead, Project, Visit
from projects.services import evidence, leads, visits
from projects.services.contacts import Person

NAMES = re.compile(r"[\s、,，;；]+")


class FirmWidget(forms.TextInput):
    """A name with suggestions under it, drawn by ``projects/_firms.html``."""

    def __init__(self):
        super().__init__(attrs={"list": "firms", "autocomplete": "off"})


class UnitForm(forms.Form):
    """What a unit's people enter for their own unit, and the bureau for one that it chooses (代填)."""

    unit = forms.ModelChoiceField(
        None,
        label=_("申报单位"),
        help_text=_("招商局代填时选择。"),
        error_messages={"invalid_choice": _("没有这个单位，请从列表中选择。")},
    )

    def __init__(self, *args, own: Unit, units=None, firms, **kwargs):
        super().__init__(*args, **kwargs)
        self.own, self.known = own, firms
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
            self.fields["unit"].initial = own.pk

    @property
    def for_unit(self) -> Unit:
        return self.cleaned_data.get("unit") or self.own

    def firm(self) -> dict[str, Enterprise | str | None]:
        """The registered firm where the whole name is one that the post knows, else the name alone."""
        name = self.cleaned_data["firm_name"].strip()
        return {"firm_name": name, "enterprise": self.known.filter(name=name).first()}


class VisitForm(UnitForm):
    """登记走访."""

    direction = forms.ChoiceField(
        label=_("方向"), choices=Direction.choices, initial=Direction.OUTBOUND, widget=forms.RadioSelect
    )
    happened_on = DayField(label=_("日期"))
    place = forms.CharField(label=_("地点"), max_length=60)
    firm_name = forms.CharField(label=_("企业"), max_length=120, widget=FirmWidget())
    people = forms.CharField(
        label=_("参加人员"),
        max_length=200,
        required=False,
        help_text=_("姓名之间用顿号隔开，人数按姓名计。"),
    )
    result = forms.CharField(label=_("洽谈结果"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    headcount = forms.IntegerField(
        label=_("人数"),
        min_value=1,
        max_value=visits.MOST_PEOPLE,
        required=False,
        help_text=_("与姓名数不同的才填：外出为本方人数，来访为客商人数。"),
    )
    principal_leader = forms.BooleanField(label=_("主要负责同志参加"), required=False)
    photos = FilesField(label=_("拍照"), camera=True)
    files = FilesField(label=_("照片或材料"), help_text=_("可以不传，不影响计数。"))

    def __init__(self, *args, about: Project | Lead | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.about = about
        if about is not None:
            firm = about.enterprise.name if isinstance(about, Project) else about.firm
            self.fields["firm_name"].initial = firm

    def clean_files(self):
        """Checked here too, so that a bad file is told together with the other faults."""
        accepted, refused = evidence.checked(
            [*self.cleaned_data.get("photos", []), *self.cleaned_data["files"]]
        )
        if refused:
            raise forms.ValidationError(refused)
        return [file.upload for file in accepted]

    @property
    def more_given(self):
        """Whether one of the rarely needed fields says something: then they are shown."""
        return any(
            self[name].value() or self[name].errors for name in ("headcount", "principal_leader", "files")
        )

    def entry(self) -> visits.Entry:
        """What the service logs; as many people came as were named, at least one."""
        values = self.cleaned_data
        named = len([name for name in NAMES.split(values["people"]) if name])
        return visits.Entry(
            **self.firm(),
            direction=values["direction"],
            happened_on=values["happened_on"],
            place=values["place"],
            people=values["people"],
            headcount=values["headcount"] or max(named, 1),
            principal_leader=values["principal_leader"],
            result=values["result"],
            files=values["files"],
            project=self.about if isinstance(self.about, Project) else None,
            lead=self.about if isinstance(self.about, Lead) else None,
        )


class LeadForm(UnitForm):
    """登记线索."""

    firm_name = forms.CharField(label=_("投资方"), max_length=120, widget=FirmWidget())
    content = forms.CharField(
        label=_("项目内容"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("投资方想做什么、需要什么条件。"),
    )
    scale_wan = AmountField(label=_("投资规模"), required=False, help_text=_("不清楚的留空；也可写 1.2亿。"))
    money_unit = forms.ChoiceField(label=_("金额单位"), choices=MONEY_UNITS, initial="万元")
    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args, visit: Visit | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.visit = visit
        if visit is not None:
            self.fields["firm_name"].initial = visit.firm

    def clean(self):
        values = super().clean()
        if "scale_wan" in values:
            try:
                unit = values.get("money_unit", "万元")
                values["scale_wan"] = AmountField.read(values["scale_wan"], unit)
            except forms.ValidationError as fault:
                self.add_error("scale_wan", fault)
        if values.get("contact_phone") and not values.get("contact_name"):
            self.add_error("contact_name", _("请填写联系人姓名。"))
        return values

    def entry(self) -> leads.Entry:
        """What the service reports."""
        values = self.cleaned_data
        person = Person(name=values["contact_name"], phone=values["contact_phone"])
        return leads.Entry(
            **self.firm(),
            content=values["content"],
            scale_wan=values["scale_wan"],
            contact=person if person.name else None,
            channel=self.visit.channel if self.visit else "",
            visit=self.visit,
        )
