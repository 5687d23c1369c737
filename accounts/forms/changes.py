from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.acts import SENTENCES
from accounts.queries import readable
from accounts.queries.history import Filters


class ChangesFilter(forms.Form):
    """What the log is narrowed to; every field may stay empty."""

    unit = forms.ChoiceField(label=_("单位"), required=False)
    act = forms.ChoiceField(label=_("事项"), required=False)
    since = forms.DateField(
        label=_("起"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("止"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    table = forms.ChoiceField(label=_("对象"), required=False)
    row = forms.IntegerField(label=_("编号"), required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, *args, units: list[str], records: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("全部")), *((unit, unit) for unit in units)]
        self.fields["act"].choices = [("", _("全部")), *SENTENCES.items()]
        self.fields["table"].choices = [("", _("全部")), *readable.things().items()]
        if not records:
            del self.fields["table"], self.fields["row"]

    def clean(self):
        data = super().clean()
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("止期不能早于起期。"))
        if data.get("row") and not data.get("table"):
            self.add_error("table", _("请先选择对象，再填编号。"))
        return data

    def words(self) -> str:
        """What the log is narrowed to, for the export and its line in the log."""
        given = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
        told = {"act": SENTENCES, "table": readable.things()}
        said = [
            f"{self.fields[name].label} {told[name][value] if name in told else value}"
            for name, value in given.items()
        ]
        return "，".join(said) or str(_("全部"))

    def filters(self) -> Filters:
        """The filters that were given; those that are wrong narrow nothing."""
        given = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
        return Filters(**given)
