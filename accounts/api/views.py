"""The frame of everything that the API answers: who may, what may be asked, what is shown."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts import filters, rules, serializers
from accounts.api.errors import Fault
from accounts.api.paging import MOST
from accounts.choices import ClientGroup
from accounts.models import Tenant, TenantClosure, Unit
from accounts.queries.posts import ActingPost

METHODS = ["get", "head"]


class Asking(APIView):
    """Reads the parameters before anything else: an unknown, repeated or empty one is refused."""

    http_method_names = METHODS
    title: ClassVar[Any]
    group: ClassVar[str]
    serves: ClassVar[Callable[[ActingPost], bool]] = staticmethod(rules.anybody)

    @method_decorator(conditional_page)
    def dispatch(self, request, *args, **kwargs):
        """Answer with an ETag; the same again is answered 304 without a body."""
        return super().dispatch(request, *args, **kwargs)

    def parameters(self) -> dict[str, forms.Field]:
        """What may be asked here, beside the filters of a list."""
        return {"tenant": filters.TextField(longest=12, required=False)}

    def filter_names(self) -> set[str]:
        """Parameters that the list's filters read."""
        return set()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the reader, then the parameters, then that the jurisdiction asked for was entered."""
        super().initial(request, *args, **kwargs)
        self.asked = self._read(request)
        code = self.asked.get("tenant")
        if code is not None and code != request.tenant_code:
            raise Http404

    def finalize_response(self, request, response, *args, **kwargs):
        """Nobody between here and the reader may keep an answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    def _read(self, request: Request) -> dict[str, Any]:
        fields, asked, faults = self.parameters(), {}, {}
        for name, values in request.query_params.lists():
            if name not in fields and name not in self.filter_names():
                faults[name] = [_("没有这个参数。")]
            elif len(values) > 1:
                faults[name] = [_("同一参数只能出现一次。")]
            elif not values[0]:
                faults[name] = [_("参数没有值。")]
            elif name in fields:
                try:
                    asked[name] = fields[name].clean(values[0])
                except ValidationError as fault:
                    faults[name] = fault.messages
        if faults:
            raise Fault("wrong-parameter", errors=faults)
        return asked


class Resource(Asking, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """One kind of rows: a list with filters and pages, and each row by its id (404 out of scope)."""

    rows: ClassVar[Callable[[ActingPost], QuerySet]]

    def parameters(self) -> dict[str, forms.Field]:
        """Sparse fields; pages of the list."""
        found = super().parameters()
        names = list(self.serializer_class().fields)
        found["fields"] = filters.WordsField(words=names, required=False)
        if self.action == "list":
            found["after"] = filters.WholeField(low=0, required=False)
            found["limit"] = filters.WholeField(high=MOST, required=False)
        return found

    def filter_names(self) -> set[str]:
        """The filters of the list; a single row has none."""
        return set(self.filterset_class.base_filters) if self.action == "list" else set()

    def get_queryset(self) -> QuerySet:
        """The rows that the reader may see, as on the pages; for the description just the model."""
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(self.serializer_class.Meta.model)
        return type(self).rows(self.request.post)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Filters narrow lists only."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_context(self) -> dict:
        """With the fields that are asked for."""
        return {**super().get_serializer_context(), "fields": getattr(self, "asked", {}).get("fields")}


def tenants(post: ActingPost) -> QuerySet[Tenant]:
    """The jurisdiction that is read and those below it."""
    below = TenantClosure.objects.filter(ancestor=post.tenant_id).values("descendant_id")
    return Tenant.objects.filter(pk__in=below)


def units(post: ActingPost) -> QuerySet[Unit]:
    """All units of the jurisdiction: everybody in it knows them, and standing names them."""
    return Unit.objects.prefetch_related("memberships__group")


class Tenants(Resource):
    """The jurisdiction that is read, and those below it."""

    title = gettext_lazy("辖区")
    group = ClientGroup.ORGANISATION
    serializer_class = serializers.TenantRow
    filterset_class = filters.TenantFilter
    rows = staticmethod(tenants)


class Units(Resource):
    """All units."""

    title = gettext_lazy("单位")
    group = ClientGroup.ORGANISATION
    serializer_class = serializers.UnitRow
    filterset_class = filters.UnitFilter
    rows = staticmethod(units)


class Nothing(Asking):
    """Any other address under the API."""

    group = ""
    permission_classes: ClassVar[list] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever asks: there is nothing."""
        raise Http404

    def get(self, request: Request, **kwargs: Any) -> Response:
        """Never reached."""
        raise Http404
