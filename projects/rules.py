"""Who may do what in the ledger, asked by pages and services alike.

Beside it the limits beyond which people look twice; they refuse nothing.
"""

from decimal import Decimal

from accounts.choices import ClientRole, Role
from accounts.rules import Post

# Paid-in money up to 1.2 times the introduced amount is common; above it a claim is never "clean".
USUAL_SHARE_OF_CONTRACT = Decimal("1.2")

OWN_UNIT = {Role.REPORTER, Role.HEAD}
COUNTY_READERS = {Role.BUREAU, Role.INSPECTION, Role.LEADER, Role.SUPERIOR, ClientRole.ALL}
READERS = COUNTY_READERS | OWN_UNIT | {ClientRole.UNIT}


def reads_data(post: Post) -> bool:
    """Everybody who works with data; administrators of the system do not."""
    return post.role in READERS


def reads_county(post: Post) -> bool:
    """Who reads the whole county and not one unit."""
    return post.role in COUNTY_READERS


def reads_contacts(post: Post) -> bool:
    """Who reads leads and contacts of every unit: the promotion bureau. Phones stay masked."""
    return post.role == Role.BUREAU


def reads_leads(post: Post) -> bool:
    """Who opens leads and contacts at all: the units for their own, and the bureau."""
    return reads_contacts(post) or post.role in OWN_UNIT


def may_record(post: Post) -> bool:
    """Enter vouchers and evidence: the unit's own people, or the bureau on its behalf (代填)."""
    return post.role in OWN_UNIT | {Role.BUREAU}


def may_open_originals(post: Post) -> bool:
    """Open files as they arrived, with all that a camera wrote into them: the inspection office."""
    return post.role == Role.INSPECTION


def may_record_for(post: Post, unit_id: int) -> bool:
    """Enter for this unit."""
    return may_record(post) and (post.role == Role.BUREAU or post.unit_id == unit_id)


def may_confirm_stage_of(post: Post, unit_id: int) -> bool:
    """Confirm a skip or a step back of this unit's project: its head or the bureau, not who asked."""
    return post.role == Role.BUREAU or (post.role == Role.HEAD and post.unit_id == unit_id)


def may_set_gates(post: Post) -> bool:
    """Set what a stage asks for and how long a lead is held."""
    return post.role == Role.BUREAU


def may_set_checklists(post: Post) -> bool:
    """Set which files a voucher or a signature needs (佐证清单): the office that verifies."""
    return post.role == Role.INSPECTION


def may_submit(post: Post) -> bool:
    """Submit and take back Returns: the unit's head, or the bureau on its behalf (代填)."""
    return post.role in {Role.HEAD, Role.BUREAU}


def may_submit_of(post: Post, unit_id: int) -> bool:
    """Submit the Returns of this unit."""
    return may_submit(post) and (post.role == Role.BUREAU or post.unit_id == unit_id)


def may_confirm_of(post: Post, unit_id: int) -> bool:
    """Confirm what was submitted on the behalf of this unit (确认代填)."""
    return post.role == Role.HEAD and post.unit_id == unit_id


def may_withdraw(post: Post) -> bool:
    """Withdraw claims of the own unit (撤回申报)."""
    return post.role in OWN_UNIT


def may_withdraw_of(post: Post, unit_id: int) -> bool:
    """Withdraw claims of this unit."""
    return may_withdraw(post) and post.unit_id == unit_id


def may_agree_split(post: Post) -> bool:
    """Register split certificates (分成协议)."""
    return post.role == Role.BUREAU


def may_open_period(post: Post) -> bool:
    """Open a filing period."""
    return post.role == Role.BUREAU


def may_close_period(post: Post) -> bool:
    """Close and seal a filing period."""
    return post.role == Role.INSPECTION


def may_inspect(post: Post) -> bool:
    """Call a unit to account about a project or a claim (督办)."""
    return post.role == Role.INSPECTION


def may_close_reports(post: Post) -> bool:
    """Close a filing period for reports; opinions go on."""
    return post.role in {Role.BUREAU, Role.INSPECTION}


def may_reopen(post: Post) -> bool:
    """Open one closed Return again: the inspection, and a superior inside the county that he has entered."""
    return post.role in {Role.INSPECTION, Role.SUPERIOR}


def may_keep_calendar(post: Post) -> bool:
    """Load and change the work-day calendar (工作日历)."""
    return post.role in {Role.BUREAU, Role.SYSTEM_ADMIN}
