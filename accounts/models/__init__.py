from accounts.models.change import ChainHead, Change, ChangeRow
from accounts.models.checkpoint import Checkpoint
from accounts.models.client import Client
from accounts.models.saved_filter import SavedFilter
from accounts.models.sent_form import SentForm
from accounts.models.tenant import (
    Tenant,
    TenantClosure,
    TenantForeignKey,
    TenantManager,
    TenantModel,
    tenant_key,
)
from accounts.models.unit import GroupMembership, Unit, UnitAlias, UnitGroup
from accounts.models.user import Post, SecondFactor, User

__all__ = [
    "ChainHead",
    "Change",
    "ChangeRow",
    "Checkpoint",
    "Client",
    "GroupMembership",
    "Post",
    "SavedFilter",
    "SecondFactor",
    "SentForm",
    "Tenant",
    "TenantClosure",
    "TenantForeignKey",
    "TenantManager",
    "TenantModel",
    "Unit",
    "UnitAlias",
    "UnitGroup",
    "User",
    "tenant_key",
]
