"""What the claims ledger must say after the acts that succeeded, told from its rules a second time.

Nothing here asks the product: figures are folded from opinions and reversals, interest follows from units
and posts, and what may be said follows from the steps of the county's procedure.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

NOTHING = Decimal(0)
OWN_UNIT = {"reporter", "head"}
COUNTY = {"bureau", "inspection", "leader", "superior"}
SETTLED = {"decided", "reversed"}
ROLE_OF = {
    "completeness": "bureau",
    "first_review": "bureau",
    "inspection": "inspection",
    "joint": "inspection",
}
FIRST_VERDICTS = {"accept", "reduce", "reject", "return", "doubt"}
VERDICTS_OF = {
    "unit": {"resubmit"},
    "completeness": {"accept", "return"},
    "first_review": FIRST_VERDICTS | {"skip"},
    "inspection": FIRST_VERDICTS,
    "joint": {"accept", "doubt"},
    "superior": {"accept", "reduce", "reject"},
}


@dataclass(frozen=True)
class Hand:
    """Somebody in a post; a superior looks down from the city."""

    name: str
    person: int
    unit: int
    role: str
    label: str
    superior: bool = False


class Figures(NamedTuple):
    """What stands beside what was reported; unknown is None."""

    reviewed: Decimal | None
    verified: Decimal | None
    superior: Decimal | None
    state: str


@dataclass(frozen=True)
class Said:
    """An opinion. ``amount``: what it lets stand; ``joint``: another office had to sign when it was given."""

    id: int
    step: str
    verdict: str
    amount: Decimal | None
    person: int
    label: str
    joint: bool


@dataclass
class Entry:
    """A claim as it was entered, and what was said of it since. ``entered``: the number of its act."""

    id: int
    unit: int
    booked_in: int
    project: int
    kind: str
    day: dt.date
    reported: Decimal
    split: int | None
    voucher: int | None
    agreement: int | None
    entered_by: int
    entered: int
    reverses: int | None = None
    replaces: int | None = None
    said: list[Said] = field(default_factory=list)
    withdrawn: bool = False  # both sides of a reversal before anybody had acted
    taken_back: bool = False  # its reversal stands
    takes_back: bool = False  # a reversal that stands

    def last(self, step: str) -> Said | None:
        return next((said for said in reversed(self.said) if said.step == step), None)


@dataclass
class Filing:
    """A Return: who files it, for when, and which doors are open. ``submitted``: the number of the act."""

    id: int
    unit: int
    period: int
    submitted: int | None = None
    reports_closed: bool = False
    opinions_closed: bool = False
    reopened: bool = False
    over: bool = False  # the time of its reopening has passed
    digest: str | None = None  # of its rows when it was closed


@dataclass
class Span:
    """A filing period."""

    id: int
    kind: str
    starts: dt.date
    ends: dt.date
    reports_closed: bool = False
    closed: bool = False


class Steps(NamedTuple):
    """A procedure of the county, from filing periods of a day on; the empty kind serves all others."""

    kind: str
    since: dt.date
    completeness: bool
    first_review: bool
    joint: bool


USUAL = Steps("", dt.date.min, completeness=False, first_review=True, joint=False)


def fold(opinions: Iterable[Said]) -> Figures:
    """The figures that opinions leave. Rejected is zero; returned or doubted is unknown."""
    reviewed = verified = superior = None
    state = "submitted"
    for said in opinions:
        if said.step == "superior":
            superior = said.amount
            continue
        verified = None
        if said.step in {"unit", "first_review"}:
            reviewed = said.amount
        if said.step == "unit":
            state = "submitted"
        elif said.verdict in {"return", "doubt"}:
            state = {"return": "returned", "doubt": "doubted"}[said.verdict]
        elif said.step == "completeness":
            state = "complete"
        elif said.step == "first_review":
            state = "first_reviewed"
        elif said.step == "inspection" and said.joint:
            state = "inspected"
        else:
            state, verified = "decided", said.amount
    return Figures(reviewed, verified, superior, state)


def minus(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


@dataclass
class Ledger:
    """Claims, Returns and who is who, as the acts that succeeded have made them."""

    parents: dict[int, int | None] = field(default_factory=dict)
    offices: dict[int, int | None] = field(default_factory=dict)
    posts: list[tuple[int, int, dt.date | None]] = field(default_factory=list)  # person, unit, until
    shares: dict[int, dict[int, Decimal]] = field(default_factory=dict)
    faces: dict[int, Decimal] = field(default_factory=dict)
    new_projects: set[int] = field(default_factory=set)
    periods: dict[int, Span] = field(default_factory=dict)
    filings: dict[int, Filing] = field(default_factory=dict)
    steps: list[Steps] = field(default_factory=list)
    claims: dict[int, Entry] = field(default_factory=dict)
    reversal_of: dict[int, int] = field(default_factory=dict)
    replaced_by: dict[int, int] = field(default_factory=dict)
    now: dict[int, Figures] = field(default_factory=dict)

    # What happens ------------------------------------------------------------------------------

    def enter(self, entry: Entry) -> None:
        """A new claim; a reversal of what nobody has acted on stands at once."""
        self.claims[entry.id] = entry
        if entry.replaces is not None:
            self.replaced_by[entry.replaces] = entry.id
        if entry.reverses is not None:
            self.reversal_of[entry.reverses] = entry.id
            before = self.now[entry.reverses]
            if before[:3] == (None, None, None) and before.state in {"submitted", "returned"}:
                entry.withdrawn = self.claims[entry.reverses].withdrawn = True
        self.refresh(entry.id)

    def hear(self, claim: int, said: Said) -> None:
        """An opinion; one that lets a reversal stand whole takes its claim back."""
        entry = self.claims[claim]
        entry.said.append(said)
        if entry.reverses is not None:
            own = fold(entry.said)
            found = entry.last("inspection")
            if own.state == "decided" and found is not None and found.verdict == "accept":
                entry.takes_back = self.claims[entry.reverses].taken_back = True
        self.refresh(claim)

    def refresh(self, claim: int) -> None:
        for one in self.linked(claim):
            self.now[one] = self.figures(one)

    def linked(self, claim: int) -> list[int]:
        """The claim, what it reverses and what reverses it."""
        both = (claim, self.claims[claim].reverses, self.reversal_of.get(claim))
        return [one for one in both if one is not None]

    # What it comes to --------------------------------------------------------------------------

    def figures(self, claim: int) -> Figures:
        entry = self.claims[claim]
        own = fold(entry.said)
        if entry.withdrawn or entry.taken_back:
            return own._replace(state="reversed")
        if entry.takes_back and entry.reverses is not None:
            there = fold(self.claims[entry.reverses].said)
            return Figures(minus(there.reviewed), minus(there.verified), minus(there.superior), "decided")
        return own

    def counted(self, basis: str, as_of: dt.date, kind: str) -> Iterator[tuple[Entry, Decimal | None]]:
        """The claims of a kind that a table of this day reads, each with its figure on this basis."""
        for claim, entry in self.claims.items():
            begun = self.periods[self.filings[entry.booked_in].period].starts <= as_of
            if entry.kind == kind and begun and dt.date(as_of.year, 1, 1) <= entry.day <= as_of:
                now = self.now[claim]
                reviewed = now.verified if now.reviewed is None else now.reviewed
                yield (
                    entry,
                    {"reported": entry.reported, "reviewed": reviewed, "verified": now.verified}[basis],
                )

    def credits(self, basis: str, as_of: dt.date) -> tuple[dict[int, Decimal], Decimal, Decimal]:
        """Money that arrived: by credited unit, in all, and what still waits for a decision."""
        by_unit: dict[int, Decimal] = defaultdict(Decimal)
        total = waiting = NOTHING
        for entry, figure in self.counted(basis, as_of, "paid_in"):
            now = self.now[entry.id]
            if now.verified is None and now.state != "reversed":
                waiting += entry.reported
            if figure is None:
                continue
            total += figure
            shares = self.shares[entry.split] if entry.split else {entry.unit: Decimal(1)}
            for unit, share in shares.items():
                by_unit[unit] += figure * share
        return by_unit, total, waiting

    def above_face(self) -> list[int]:
        """Vouchers for which more was verified than they are worth."""
        verified: dict[int, Decimal] = defaultdict(Decimal)
        for claim, entry in self.claims.items():
            if entry.voucher is not None and self.now[claim].verified is not None:
                verified[entry.voucher] += self.now[claim].verified
        return [voucher for voucher, amount in verified.items() if amount > self.faces[voucher]]

    def unsettled(self, filing: int) -> list[Entry]:
        return [
            entry
            for claim, entry in self.claims.items()
            if entry.booked_in == filing and self.now[claim].state not in SETTLED
        ]

    # What is allowed ---------------------------------------------------------------------------

    def steps_of(self, entry: Entry) -> Steps:
        starts = self.periods[self.filings[entry.booked_in].period].starts
        fitting = [one for one in self.steps if one.kind in {"", entry.kind} and one.since <= starts]
        return max(fitting, key=lambda one: (one.kind != "", one.since), default=USUAL)

    def interested(self, entry: Entry) -> set[int]:
        """The credited units, those above and below them, and their leader's offices."""
        credited = {entry.unit, *(self.shares[entry.split] if entry.split else ())}
        found = credited | {self.offices[unit] for unit in credited}
        for unit in credited:
            above = self.parents[unit]
            while above is not None:
                found.add(above)
                above = self.parents[above]
        below = set(credited)
        while more := {unit for unit, over in self.parents.items() if over in below} - below:
            below |= more
        return {unit for unit in found | below if unit is not None}

    def has_interest(self, person: int, entry: Entry) -> bool:
        units = self.interested(entry)
        return any(
            who == person and unit in units and (until is None or until >= entry.day)
            for who, unit, until in self.posts
        )

    def sees(self, hand: Hand, entry: Entry) -> bool:
        """Whether the pages of this post show the claim."""
        if hand.role in COUNTY:
            return True
        shared = self.shares[entry.split] if entry.split else {}
        return hand.role in OWN_UNIT and hand.unit in {entry.unit, *shared}

    def takes_claims(self, filing: Filing) -> bool:
        return not (filing.reports_closed or filing.over)

    def must_name(self, entry: Entry, step: str) -> int | None:
        """The opinion that a change of mind has to name."""
        again = step == "superior" or (
            step == "inspection" and self.now[entry.id].state in {"inspected", "decided"}
        )
        last = entry.last(step)
        return last.id if again and last else None

    def follows(self, entry: Entry, step: str, verdict: str) -> bool:
        """Whether it is this step's turn, under the procedure that holds for the claim."""
        state, rule = self.now[entry.id].state, self.steps_of(entry)
        ready = state == "complete" or (state == "submitted" and not rule.completeness)
        turn = {
            "unit": state == "returned",
            "completeness": state == "submitted" and rule.completeness,
            "first_review": (rule.first_review and ready)
            or (verdict == "skip" and state == "submitted" and (rule.first_review or rule.completeness)),
            "inspection": state in {"first_reviewed", "doubted", "inspected", "decided"}
            or (ready and not rule.first_review),
            "joint": state == "inspected",
            "superior": state != "reversed",
        }[step]
        return turn and verdict in VERDICTS_OF[step]

    def full(self, entry: Entry, step: str) -> Decimal | None:
        """What an acceptance lets stand: what was reported; for the second office what the first found."""
        found = entry.last("inspection") if step == "joint" else None
        return found.amount if found else entry.reported

    def amount(self, entry: Entry, step: str, verdict: str, given: Decimal | None) -> Decimal | None:
        """What the opinion lets stand."""
        if step == "completeness":
            return None
        return {"accept": self.full(entry, step), "reduce": given, "reject": NOTHING}.get(verdict)

    def fits(self, entry: Entry, step: str, verdict: str, given: Decimal | None) -> bool:
        """Whether an amount goes with a verdict."""
        if verdict == "reduce":
            return given is not None and NOTHING < given < entry.reported
        if given is None:
            return True
        return (
            step != "completeness"
            and verdict in {"accept", "reject"}
            and given == self.amount(entry, step, verdict, given)
        )

    def against(self, hand: Hand, entry: Entry, step: str, verdict: str) -> list[str]:
        """What speaks against this person's saying this of this claim now, but for the figures."""
        return [*self._of_person(hand, entry, step, verdict), *self._of_moment(entry, step, verdict)]

    def _of_person(self, hand: Hand, entry: Entry, step: str, verdict: str) -> Iterator[str]:
        """Role, four eyes and interest."""
        if hand.superior != (step == "superior") or hand.role != ROLE_OF.get(step, hand.role):
            yield "role"
        if step == "unit" and (hand.role not in OWN_UNIT or hand.unit != entry.unit):
            yield "role"
        if verdict == "skip":
            if hand.unit not in self.interested(entry):
                yield "nothing to skip"
        elif step != "unit":
            if entry.entered_by == hand.person:
                yield "own entry"
            if self.has_interest(hand.person, entry):
                yield "interest"
        found = entry.last("inspection")
        if step == "joint" and found and (found.label == hand.label or found.person == hand.person):
            yield "the same office"

    def _of_moment(self, entry: Entry, step: str, verdict: str) -> Iterator[str]:
        """Open doors, the order of the steps, and what goes before."""
        filing, state = self.filings[entry.booked_in], self.now[entry.id].state
        if step != "superior" and filing.opinions_closed:
            yield "closed"
        if step != "superior" and filing.over and self.periods[filing.period].closed and state in SETTLED:
            yield "the reopening is over"
        sent = filing.submitted is not None and filing.submitted >= entry.entered
        if step not in {"unit", "superior"} and not sent:
            yield "not submitted"
        if not self.follows(entry, step, verdict):
            yield "order"
        if entry.reverses is not None and state == "decided":
            yield "a reversal is decided once"
        waits = entry.replaces is not None and self.now[entry.replaces].state != "reversed"
        if waits and step in {"inspection", "joint"} and self.amount(entry, step, verdict, entry.reported):
            yield "the first figure still stands"
