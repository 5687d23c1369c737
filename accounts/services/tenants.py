"""Setting up a tenant: the one act that the operator does as the owner's role."""

from django.db import connection, transaction

from accounts.models import Tenant, TenantClosure
from accounts.refusals import Refused


def open_act(tenant_id: int, name: str, label: str) -> None:
    """Open an act in the tenant's chain as the owner of the tables (inside ``as_migrator`` only)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.begin_act_as(%s, %s, %s, '')", [tenant_id, name, label])


@transaction.atomic
def add(*, code: str, name: str, level: str, parent_code: str | None, label: str) -> Tenant:
    """Add a jurisdiction under its parent and its pairs in the closure table; opens the act "tenant.add".

    To be called inside ``as_migrator``. Raises Refused for a known code or an unknown parent.
    """
    if Tenant.objects.filter(code=code).exists():
        raise Refused(f"行政区划代码 {code} 已建立辖区。")
    parent = Tenant.objects.filter(code=parent_code).first() if parent_code else None
    if parent_code and parent is None:
        raise Refused(f"没有代码为 {parent_code} 的上级辖区，请先建立。")
    with connection.cursor() as cursor:
        # The act's header names the tenant before its row exists, so the number is drawn first.
        cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_tenant', 'id'))")
        tenant_id = cursor.fetchone()[0]
    open_act(tenant_id, "tenant.add", label)
    tenant = Tenant.objects.create(id=tenant_id, code=code, name=name, level=level, parent=parent)
    above = [tenant_id]
    if parent is not None:
        above += TenantClosure.objects.filter(descendant=parent).values_list("ancestor_id", flat=True)
    TenantClosure.objects.bulk_create(
        TenantClosure(ancestor_id=ancestor, descendant=tenant) for ancestor in above
    )
    return tenant
