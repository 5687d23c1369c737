"""A walk over the ledger: acts by chance from a seed, each tried, counted and compared with the model."""

import datetime as dt
import random
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction

from accounts import scope
from accounts.refusals import Forbidden, NotFound, Refused
from accounts.tasks import inside
from tests.battery.ledger_ground import Owner, Scene, line_of
from tests.battery.ledger_model import SETTLED, Entry, Hand
from tests.world import picture

SERVICE, SQL = "服务", "SQL"
DONE, NO_ROW = "成功", "无行"
# How the database may answer a statement that it does not accept: a guard's own code, a missing right, a
# policy or an append-only table, and the constraints behind the guards.
REFUSING = re.compile(r"PT\d{3}|42501|23505|23514|23503")
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
TODAY = dt.date(2012, 7, 2)
PICTURES = [picture(seed) for seed in range(300, 304)]
AMOUNTS = [Decimal(text) for text in ("1", "12.5", "33.333333", "100", "250", "0.000001", "999.999999")]


CLERKS = ("clerk", "second_clerk", "loaned_clerk")
INSPECTORS = ("party_inspector", "government_inspector", "third_inspector", "village_inspector")


class Walk:
    """One seed's way through one county."""

    def __init__(self, scene: Scene, owner: Owner, rng: random.Random, counts: Counter[tuple[str, str, str]]):
        self.scene, self.owner, self.rng = scene, owner, rng
        self.ledger, self.hands = scene.ledger, scene.hands
        self.counts = counts  # kind, way, outcome
        self.trail: deque[str] = deque(maxlen=60)
        self.number = self.logged = 0
        self.heading: int | None = None  # the period that is being brought to its end

    # Trying -------------------------------------------------------------------------------------

    @contextmanager
    def standing(self, hand: Hand | None) -> Iterator[None]:
        """One transaction as this person; nobody: the portal's own task."""
        if hand is None:
            with inside(self.scene.tenant_id):
                yield
            return
        post = self.scene.posts[hand.name]
        kind = scope.SUPERIOR if hand.superior else scope.MEMBER
        tenant = self.scene.tenant_id if hand.superior else post.tenant_id
        with transaction.atomic(), scope.enter(tenant, user=post.user_id, post=post.id, kind=kind):
            yield

    def attempt(
        self, kind: str, way: str, hand: Hand | None, do: Callable[[], Any], *, about: str = ""
    ) -> Any:
        """Do it; what came back, or None if it was refused as it may be. Anything else fails the walk."""
        self.number += 1
        who = hand.name if hand else "task"
        try:
            with self.standing(hand):
                found = do()
        except ValidationError as refusal:
            outcome, words = "字段", refusal.messages
        except Refused as refusal:
            plain = {NotFound: "不可见", Forbidden: "无权"}.get(type(refusal), "说明")
            outcome, words = refusal.code or plain, [str(refusal)]
        except Error as error:
            outcome, words = getattr(error.__cause__, "sqlstate", None) or "?", []
            told = f"{self.number} {kind} {way} {who} {about}: {error}"
            assert way == SQL, self.story(f"a raw database error: {told}")
            assert REFUSING.fullmatch(outcome), self.story(f"an unknown code: {told}")
        else:
            outcome, words = NO_ROW if found == 0 else DONE, []
            self.logged += found is not None
        assert way == SQL or all(CHINESE.search(word) for word in words), self.story(f"no words: {words}")
        self.counts[kind, way, outcome] += 1
        self.trail.append(f"{self.number} {kind} {way} {who} {about} -> {outcome}")
        return found if outcome == DONE else None

    def sql(self, statement: str, *parameters: Any) -> int:
        """Run a statement inside an act; the first column of its row, or how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.begin_act('probe', '', '')")
            cursor.execute(statement, parameters)
            return cursor.fetchone()[0] if cursor.description else cursor.rowcount

    def more(self, statement: str, *parameters: Any) -> int:
        """One more statement of the same act."""
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchone()[0] if cursor.description else cursor.rowcount

    # Choosing -----------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def hand(self, *names: str) -> Hand:
        """Mostly one of these, sometimes anybody."""
        if names and self.chance(0.85):
            return self.hands[self.rng.choice(names)]
        return self.rng.choice([hand for hand in self.hands.values() if not hand.superior])

    def who(self, fits: Callable[[Hand], bool]) -> Hand:
        """Mostly somebody for whom this holds, sometimes anybody."""
        fitting = [hand for hand in self.hands.values() if fits(hand)]
        if fitting and self.chance(0.8):
            return self.rng.choice(fitting)
        return self.rng.choice(list(self.hands.values()))

    def claim(self, fits: Callable[[Entry], bool] = bool) -> Entry:
        """Mostly a claim for which this holds, and rather a late one."""
        claims = list(self.ledger.claims.values())
        late = claims[-120:]
        fitting = [entry for entry in (late if self.chance(0.8) else claims) if fits(entry)]
        return self.rng.choice(fitting if fitting and self.chance(0.9) else claims)

    def state(self, entry: Entry) -> str:
        return self.ledger.now[entry.id].state

    def covered(self, entry: Entry) -> bool:
        """Whether its Return was submitted after it was entered."""
        submitted = self.ledger.filings[entry.booked_in].submitted
        return submitted is not None and submitted >= entry.entered

    def amount(self) -> Decimal:
        return self.rng.choice(AMOUNTS)

    def day(self) -> dt.date:
        return dt.date(2012, 1, 1) + dt.timedelta(days=self.rng.randrange(184))

    def waiting(self) -> list[Entry]:
        """What still has to be decided, in order of entry: in the period that is to end, or anywhere."""
        filings = {
            one.id
            for one in self.ledger.filings.values()
            if self.heading is None or one.period == self.heading
        }
        return [
            entry
            for entry in self.ledger.claims.values()
            if entry.booked_in in filings and self.state(entry) not in SETTLED
        ]

    # Comparing ----------------------------------------------------------------------------------

    def compare(self, *ids: int) -> None:
        """These claims (none: all) are in the database as the model has them."""
        rows = {row["id"]: row for row in self.owner.claims(*ids)}
        wanted = set(ids) or set(self.ledger.claims)
        assert set(rows) == wanted, self.story(f"claims {set(rows) ^ wanted}")
        for claim, row in rows.items():
            expected = line_of(self.ledger.claims[claim], self.ledger.now[claim])
            assert row == expected, self.story(
                f"claim {claim}: database, then model\n{row}\n{expected}", claim
            )

    def story(self, words: str, claim: int | None = None) -> str:
        """What went wrong, and how it came about."""
        told = [words, "", "the last acts:", *self.trail]
        if claim is not None:
            told += ["", f"the claim: {self.ledger.claims[claim]}"]
        return "\n".join(told)
