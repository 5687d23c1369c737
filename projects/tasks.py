"""What the ledger does by its schedule."""

from accounts import clock
from accounts.tasks import tenant_task
from projects.services import closing


@tenant_task("projects.reclose")
def reclose(tenant_id: int) -> None:
    """Close the periods and the reopened Returns whose time has passed."""
    closing.reclose_expired(today=clock.today())
