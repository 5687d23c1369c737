"""API clients: the one that holds a key, and those of the tenant."""

import datetime as dt
import hashlib
import ipaddress
import json
from dataclasses import dataclass, fields, replace

from django.db import connection
from django.db.models import QuerySet

from accounts.choices import ClientRole
from accounts.models import Client, Tenant


@dataclass(frozen=True)
class ReadingClient:
    """A client that has shown a valid key. Rules and visibility take it for the post that reads."""

    id: int
    name: str
    unit_id: int | None
    tenant_id: int
    tenant_code: str
    tenant_name: str
    tenant_level: str
    groups: tuple[str, ...]
    addresses: tuple[str, ...]
    expires_on: dt.date
    disabled: bool

    # No person: what only people have is nobody's.
    user_id = None

    @property
    def role(self) -> str:
        """One unit, or all of the jurisdiction."""
        return ClientRole.ALL if self.unit_id is None else ClientRole.UNIT

    def comes_from(self, address: str) -> bool:
        """Whether the address lies in one of the client's networks; any does where none are named."""
        if not self.addresses:
            return True
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in ipaddress.ip_network(network) for network in self.addresses)

    def within(self, tenant: Tenant) -> "ReadingClient":
        """The same client reading a jurisdiction below its own."""
        return replace(
            self,
            tenant_id=tenant.pk,
            tenant_code=tenant.code,
            tenant_name=tenant.name,
            tenant_level=tenant.level,
        )


def hash_of(key: str) -> str:
    """What is kept of a key: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def find(key: str) -> ReadingClient | None:
    """The client with this key, whatever its state, before any scope is entered; inside one, nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sec.client_row(%s)", [hash_of(key)]
        )  # columns in the order of the fields
        row = cursor.fetchone()
    if row is None:
        return None
    values = dict(zip((field.name for field in fields(ReadingClient)), row, strict=True))
    for name in ("groups", "addresses"):
        values[name] = tuple(json.loads(values[name]))
    return ReadingClient(**values)


def listed() -> QuerySet[Client]:
    """All clients of the tenant, those that still read first."""
    return Client.objects.select_related("unit").order_by("disabled", "name", "pk")
