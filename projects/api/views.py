"""The ledger through the API: the rows that pages show the same reader."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.api.views import Resource
from accounts.choices import ClientGroup
from accounts.queries.posts import ActingPost
from projects import filters, rules, serializers
from projects.models import Period
from projects.queries import returns, visible


def periods(post: ActingPost) -> QuerySet[Period]:
    """The calendar of everybody who works with data."""
    return Period.objects.all()


class Enterprises(Resource):
    """Firms behind what the reader may see."""

    title = gettext_lazy("企业")
    group = ClientGroup.PROJECTS
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.EnterpriseRow
    filterset_class = filters.EnterpriseFilter
    rows = staticmethod(visible.enterprises_for)


class Projects(Resource):
    """Projects that the reader may see in full."""

    title = gettext_lazy("项目")
    group = ClientGroup.PROJECTS
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.ProjectRow
    filterset_class = filters.ProjectFilter
    rows = staticmethod(visible.projects_for)


class Agreements(Resource):
    """Signatures."""

    title = gettext_lazy("协议")
    group = ClientGroup.PROJECTS
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.AgreementRow
    filterset_class = filters.AgreementFilter
    rows = staticmethod(visible.agreements_for)


class Vouchers(Resource):
    """Papers that prove money."""

    title = gettext_lazy("凭证")
    group = ClientGroup.LEDGER
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.VoucherRow
    filterset_class = filters.VoucherFilter
    rows = staticmethod(visible.vouchers_for)


class Claims(Resource):
    """Figures: reported, reviewed, verified and superior side by side."""

    title = gettext_lazy("申报")
    group = ClientGroup.LEDGER
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.ClaimRow
    filterset_class = filters.ClaimFilter

    @staticmethod
    def rows(post):
        """With the period in which each is booked."""
        return visible.claims_for(post).select_related("booked_in__period")


class Splits(Resource):
    """Agreed credit."""

    title = gettext_lazy("分成协议")
    group = ClientGroup.LEDGER
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.SplitRow
    filterset_class = filters.SplitFilter

    @staticmethod
    def rows(post):
        """With their shares."""
        return visible.splits_for(post).prefetch_related("lines")


class Periods(Resource):
    """Periods that units file for, and those of targets."""

    title = gettext_lazy("填报期")
    group = ClientGroup.LEDGER
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.PeriodRow
    filterset_class = filters.PeriodFilter
    rows = staticmethod(periods)


class Returns(Resource):
    """What units have filed, in one of four states."""

    title = gettext_lazy("报表")
    group = ClientGroup.LEDGER
    serves = staticmethod(rules.reads_data)
    serializer_class = serializers.ReturnRow
    filterset_class = filters.ReturnFilter
    rows = staticmethod(returns.listed)
