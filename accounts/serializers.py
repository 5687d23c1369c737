"""What of a row leaves the portal through the API: every field is named, none comes by itself."""

from typing import Any

from rest_framework import serializers

from accounts.models import GroupMembership, Tenant, Unit


class Sparse(serializers.Serializer):
    """A serializer that shows the asked fields only (``context["fields"]``; None: all)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = kwargs.get("context", {}).get("fields")
        if wanted is not None:
            for name in set(self.fields) - set(wanted):
                self.fields.pop(name)


class Row(Sparse, serializers.ModelSerializer):
    """A row of a table, read only. References are ids, money is an exact number, unknown is null."""


class TenantRow(Row):
    """辖区."""

    class Meta:
        model = Tenant
        fields = read_only_fields = ("id", "code", "name", "level", "parent")


class MembershipRow(serializers.ModelSerializer):
    """A unit's dated membership of one group."""

    code = serializers.CharField(source="group.code", read_only=True)
    name = serializers.CharField(source="group.name", read_only=True)

    class Meta:
        model = GroupMembership
        fields = read_only_fields = ("code", "name", "from_on", "until_on")


class UnitRow(Row):
    """单位, with the groups that it belonged to by date."""

    groups = MembershipRow(source="memberships", many=True, read_only=True)

    class Meta:
        model = Unit
        fields = read_only_fields = (
            "id",
            "name",
            "kind",
            "parent",
            "leader_office",
            "represents",
            "organisation_code",
            "exempt",
            "successor",
            "starts_on",
            "ends_on",
            "groups",
        )
