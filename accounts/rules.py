"""Rights that hang on a post alone: who may open which page."""

from typing import Protocol

from accounts.choices import Role, TenantLevel


class Post(Protocol):
    """What rules ask of the post acted in (``accounts.queries.posts.ActingPost``)."""

    @property
    def role(self) -> str: ...

    @property
    def unit_id(self) -> int | None: ...

    @property
    def tenant_level(self) -> str: ...


ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
# Posts that the security administrator confirms; the database knows the same ones. Their people prove
# themselves with a second factor.
GUARDED = ADMINISTRATORS | {Role.INSPECTION}


def anybody(post: Post) -> bool:
    """Everybody who holds a post."""
    return True


def may_keep_units(post: Post) -> bool:
    """The administrator keeps the organisation; the bureau adds what a task sheet names."""
    return post.role in {Role.SYSTEM_ADMIN, Role.BUREAU}


def may_appoint(post: Post) -> bool:
    """Add people and give them posts."""
    return post.role == Role.SYSTEM_ADMIN


def may_manage_clients(post: Post) -> bool:
    """Issue and end the keys of API clients (接口客户端)."""
    return post.role in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}


def may_see_users(post: Post) -> bool:
    """The system administrator keeps the accounts, the security administrator the rights."""
    return post.role in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}


def may_confirm_posts(post: Post) -> bool:
    """Confirm posts that decide or administer; unbind lost devices."""
    return post.role == Role.SECURITY_ADMIN


def may_read_access(post: Post) -> bool:
    """The access log: who signed in, failed to, read or took away."""
    return post.role == Role.AUDIT_ADMIN


def may_look_down(post: Post) -> bool:
    """A superior officer (市级经办) of a city or province may look into a county below."""
    return post.role == Role.SUPERIOR and post.tenant_level != TenantLevel.COUNTY


# The chain of acts belongs to those who check; a unit sees what happened to its own records on their pages.
READ_CHANGES = {Role.BUREAU, Role.INSPECTION, Role.LEADER, Role.SUPERIOR}


def may_read_changes(post: Post) -> bool:
    """Who opens the change log; the audit administrator reads its headers only."""
    return post.role in READ_CHANGES or post.role == Role.AUDIT_ADMIN


def may_read_checkpoints(post: Post) -> bool:
    """Who checks the log from outside: audit, inspection, and the superior over all below."""
    return post.role in {Role.AUDIT_ADMIN, Role.INSPECTION, Role.SUPERIOR}


def may_read_values(post: Post) -> bool:
    """Who reads the lines of the change log and not its headers alone."""
    return post.role in READ_CHANGES
