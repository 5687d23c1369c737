"""Verification and assessment through the API. Standing and figures are those of the pages and commands."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.views import Asking, Resource
from accounts.choices import ClientGroup
from accounts.filters import DayField, TextField, WordField
from accounts.refusals import NotFound
from assessment import filters, serializers
from assessment.choices import Basis
from assessment.forms.numbers import FIRST_YEAR
from assessment.queries import visible
from assessment.queries.figures import figures
from assessment.queries.standing import standing
from assessment.standard_measures import PAID_IN
from projects.rules import reads_data


class Opinions(Resource):
    """Who decided what, by post."""

    title = gettext_lazy("意见")
    group = ClientGroup.LEDGER
    serves = staticmethod(reads_data)
    serializer_class = serializers.OpinionRow
    filterset_class = filters.OpinionFilter
    rows = staticmethod(visible.opinions_for)


class Measures(Resource):
    """Counting rules with their versions."""

    title = gettext_lazy("统计口径")
    group = ClientGroup.NUMBERS
    serves = staticmethod(reads_data)
    serializer_class = serializers.MeasureRow
    filterset_class = filters.MeasureFilter
    rows = staticmethod(visible.measures_for)


class Targets(Resource):
    """Tasks, with those that were replaced."""

    title = gettext_lazy("目标任务")
    group = ClientGroup.NUMBERS
    serves = staticmethod(reads_data)
    serializer_class = serializers.TargetRow
    filterset_class = filters.TargetFilter
    rows = staticmethod(visible.targets_for)


class Numbers(Asking):
    """A table that is computed as of a day on a basis."""

    group = ClientGroup.NUMBERS
    serves = staticmethod(reads_data)

    def parameters(self) -> dict[str, forms.Field]:
        """The question."""
        return {
            **super().parameters(),
            "as_of": DayField(required=False),
            "basis": WordField(words=Basis.values, required=False),
        }

    def question(self) -> dict[str, Any]:
        """As of which day, on which basis. Raises NotFound for a day that is none of the portal's."""
        today = clock.today()
        as_of = self.asked.get("as_of") or today
        if not dt.date(FIRST_YEAR, 1, 1) <= as_of <= today:
            raise NotFound(_("只有 {first}-01-01 至今天的数据。").format(first=FIRST_YEAR))
        return {"as_of": as_of, "basis": self.asked.get("basis") or Basis.VERIFIED}


class StandingOfUnits(Numbers):
    """Each unit's figure against its task, and its class."""

    title = gettext_lazy("任务进度")

    def parameters(self) -> dict[str, forms.Field]:
        """With the counting rule."""
        return {**super().parameters(), "measure": TextField(longest=60, required=False)}

    @extend_schema(operation_id="standing", responses=serializers.StandingTable)
    def get(self, request: Request) -> Response:
        """The table."""
        name = self.asked.get("measure") or PAID_IN
        if "\x00" in name:
            raise NotFound(_("没有这个统计口径。"))
        table = standing(**self.question(), measure_name=name)
        return Response(serializers.StandingTable(table).data)


class Figures(Numbers):
    """Projects, contracts, amounts and rates."""

    title = gettext_lazy("全辖区数据")

    @extend_schema(operation_id="figures", responses=serializers.FiguresTable)
    def get(self, request: Request) -> Response:
        """The figures."""
        return Response(serializers.FiguresTable(figures(**self.question())).data)
