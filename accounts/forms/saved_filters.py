from django import forms
from django.utils.translation import gettext_lazy as _


class ChangeForm(forms.Form):
    """常用筛选: its name and whether the unit uses it too."""

    name = forms.CharField(label=_("名称"), max_length=30)
    shared = forms.BooleanField(label=_("供本单位使用"), required=False)


class SaveForm(ChangeForm):
    """The same with the address of the list, which the page has filled in; the service judges it."""

    address = forms.CharField(required=False, widget=forms.HiddenInput)
