"""Rights that hang on a post alone: who has a queue, who decides, who opens which rows, who imports."""

from django.conf import settings

from accounts.choices import Role
from accounts.rules import Post
from projects.rules import OWN_UNIT, may_inspect, reads_county, reads_data

DECIDES = {Role.BUREAU, Role.INSPECTION}


def works_queue(post: Post) -> bool:
    """Who has a queue: the deciding offices, and a unit for what was returned to it."""
    return post.role in DECIDES | OWN_UNIT


def decides(post: Post) -> bool:
    """First review (招商局) and inspection (督查室)."""
    return post.role in DECIDES


def gives_opinions(post: Post) -> bool:
    """Who may give an opinion outside the queue: a change of mind, a superior's check."""
    return post.role in {Role.INSPECTION, Role.SUPERIOR}


def checks_on_site(post: Post) -> bool:
    """Who goes to look (现场核查), prints the list for it and records what was found."""
    return gives_opinions(post)


def prints_queue(post: Post) -> bool:
    """Who takes the own queue to the site: the inspection; the bureau's first review looks at papers."""
    return post.role == Role.INSPECTION


def may_draw(post: Post) -> bool:
    """Who draws a sample (抽查): a superior, inside the county that he has entered."""
    return post.role == Role.SUPERIOR


def imports(post: Post) -> bool:
    """Workbooks are imported by the promotion bureau."""
    return post.role == Role.BUREAU


def opens_unit(post: Post, unit_id: int) -> bool:
    """Who may open the rows behind this unit's number: the whole county's readers and the unit itself."""
    return reads_county(post) or (reads_data(post) and post.unit_id == unit_id)


def issues_targets(post: Post) -> bool:
    """Targets are issued and revised by the promotion bureau."""
    return post.role == Role.BUREAU


def publishes_measures(post: Post) -> bool:
    """Counting rules are published by the promotion bureau."""
    return post.role == Role.BUREAU


def publishes_procedures(post: Post) -> bool:
    """Who says which steps a claim passes: the office that verifies, not the one that is verified."""
    return post.role == Role.INSPECTION


def publishes_results(post: Post) -> bool:
    """Who publishes what was verified (公示) and freezes the result."""
    return post.role == Role.INSPECTION


def objects(post: Post) -> bool:
    """Who objects to what was published about their unit (异议)."""
    return post.role in OWN_UNIT


def answers_objections(post: Post) -> bool:
    """Who answers objections; not where a post of theirs has an interest."""
    return post.role == Role.INSPECTION


def confirms_zero_reports(post: Post) -> bool:
    """Who confirms that a Return without claims is a zero report (零报告): the office that verifies."""
    return post.role == Role.INSPECTION


def issues_matters(post: Post) -> bool:
    """Issue inspection notices (督办单), send back, extend and close them."""
    return may_inspect(post)


def replies_to_matters(post: Post) -> bool:
    """Who may answer an inspection notice of the own unit; the bureau's people answer for the bureau."""
    return post.role in OWN_UNIT | {Role.BUREAU}


def asks_exports(post: Post) -> bool:
    """Who asks for a bulk export (申请导出): the county's own readers of data.

    A superior may not: whom he checks would then decide what he takes along. He exports in parts.
    """
    return post.role in OWN_UNIT | DECIDES | {Role.LEADER}


def answers_exports(post: Post) -> bool:
    """Who approves the bulk exports of others (导出审批): a leader, or the security administrator."""
    return post.role in {Role.LEADER, Role.SECURITY_ADMIN}


def sees_exports(post: Post) -> bool:
    """Who has a list of requests: those who ask and those who answer."""
    return asks_exports(post) or answers_exports(post)


def has_mail(post: Post) -> bool:
    """Everybody may have notices mailed where the installation has a mail server."""
    return settings.PORTAL_MAIL


def watches_deliveries(post: Post) -> bool:
    """Who sees what could not be sent, and sends it again: the bureau and the system administrator."""
    return settings.PORTAL_MAIL and post.role in {Role.BUREAU, Role.SYSTEM_ADMIN}


def keeps_reminders(post: Post) -> bool:
    """Who changes the rules of reminding (提醒规则)."""
    return post.role in {Role.BUREAU, Role.SYSTEM_ADMIN}


def reads_reminders(post: Post) -> bool:
    """Who reads the rules of reminding."""
    return keeps_reminders(post) or reads_county(post)


def keeps_sources(post: Post) -> bool:
    """Who names independent tables and their owners: the superior alone."""
    return post.role == Role.SUPERIOR


def loads_figures(post: Post) -> bool:
    """Who may load an independent table at all: the superior, and people of a unit that owns one."""
    return post.role in OWN_UNIT | {Role.SUPERIOR}


def loads_of(post: Post, owner_unit_id: int | None) -> bool:
    """Load the table that this unit owns; the database also refuses people of the promotion bureau."""
    own = post.role in OWN_UNIT and post.unit_id == owner_unit_id
    return own or post.role == Role.SUPERIOR
