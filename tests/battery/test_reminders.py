"""Reminders through real PostgreSQL, Valkey, workers and schedulers that are killed at every step (I10)."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connections

from assessment.services import deliveries
from portal import brokers, engines, homes
from tests.battery import post_office
from tests.conftest import NOW, migrator_connection
from tests.world import acting

pytestmark = [pytest.mark.battery, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST_STEP = 1000  # as in reminder_app
PATIENCE_SECONDS = 120
MANY = 5000
DEADLINE_SECONDS = 600


# Gates in the database: a delivery is written down as planned, as leased, as sent.
PLAN, LEASE, MARK = 41, 42, 43
GATES = """
CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NEW; END $$;
CREATE TRIGGER gate_plan BEFORE INSERT ON assessment_delivery
FOR EACH ROW EXECUTE FUNCTION public.gate(41);
CREATE TRIGGER gate_lease BEFORE UPDATE ON assessment_delivery
FOR EACH ROW WHEN (NEW.state = 'leased') EXECUTE FUNCTION public.gate(42);
CREATE TRIGGER gate_mark BEFORE UPDATE ON assessment_delivery
FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION public.gate(43);
"""


class Plant:
    """Workers and schedulers over one broker, one database and one post office."""

    def __init__(self, place: Path, *, drops: bool, lease_seconds: float) -> None:
        self.office, self.log = place, place / "log"
        self.broker = brokers.Broker(place)
        self.owner = migrator_connection()
        self.running: dict[str, subprocess.Popen] = {}
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.battery.reminder_settings",
            "DATABASE_URL": _address(connections["default"].settings_dict),
            "MIGRATE_DATABASE_URL": _address({**connections["default"].settings_dict, **settings.MIGRATOR}),
            "REDIS_URL": self.broker.home.broker_url,
            "PORTAL_NOW": NOW.isoformat(),
            post_office.DIRECTORY: str(place),
            "OFFICE_DROPS_DOUBLES": str(int(drops)),
            "OFFICE_LEASE_SECONDS": str(lease_seconds),
        }

    def start(self, name: str, *words: str) -> None:
        """A Celery process in a session of its own."""
        command = [sys.executable, "-m", "celery", "--app", "tests.battery.reminder_app", *words]
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=engines.child_setup(signal.SIGKILL),  # noqa: PLW1509 -- see there
            )

    def start_worker(self, number: int = 0) -> None:
        quiet = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
        self.start(f"worker {number}", "worker", "-c", "2", "-n", f"w{number}@here", *quiet)

    def start_beat(self, number: int = 0) -> None:
        self.start(f"beat {number}", "beat", "--loglevel", "WARNING", "--pidfile", "")

    def kill(self, name: str) -> None:
        """kill -9 of the process and of its children, at once."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def children(self, name: str) -> list[int]:
        pid = self.running[name].pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.owner.close()
        self.broker.stop()

    def want(self, notices: int) -> None:
        (self.office / "wanted").write_text(str(notices))

    def flush_broker(self) -> None:
        client = redis.Redis(unix_socket_path=str(self.broker.home.sockets / homes.BROKER_SOCKET))
        client.flushall()
        client.close()

    def ask(self, query: str, *params: object) -> list[tuple]:
        return self.owner.execute(query, params).fetchall()

    def one(self, query: str, *params: object) -> int:
        return self.ask(query, *params)[0][0]

    def planned(self) -> int:
        return self.one("SELECT count(*) FROM assessment_notice WHERE step >= %s", FIRST_STEP)

    def states(self, channel: str, since: int = FIRST_STEP) -> Counter:
        """Deliveries by state, of the notices from this step on."""
        return Counter(
            dict(
                self.ask(
                    "SELECT d.state, count(*) FROM assessment_delivery d"
                    " JOIN assessment_notice n ON n.id = d.notice_id"
                    " WHERE n.step >= %s AND d.channel = %s GROUP BY 1",
                    since,
                    channel,
                )
            )
        )

    def settled(self, since: int = FIRST_STEP) -> bool:
        states = self.states("email", since)
        return bool(states) and set(states) <= {"sent", "unknown"}

    @contextmanager
    def closed(self, door: str) -> Iterator[None]:
        """Whoever comes to this door of the post office waits there until the block ends."""
        hold, at = self.office / f"hold-{door}", self.office / f"at-{door}"
        at.unlink(missing_ok=True)
        hold.touch()
        try:
            yield
        finally:
            hold.unlink()

    def someone_stands_at(self, door: str) -> bool:
        return (self.office / f"at-{door}").exists()

    @contextmanager
    def locked(self, gate: int) -> Iterator[None]:
        """Whoever writes such a delivery waits, in the middle of its transaction, until the block ends."""
        self.owner.execute("SELECT pg_advisory_lock(%s)", [gate])
        try:
            yield
        finally:
            self.owner.execute("SELECT pg_advisory_unlock(%s)", [gate])

    def someone_waits_in(self, gate: int) -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %s"
        return bool(self.one(waiting, gate))


def _address(database: dict) -> str:
    user, password = quote(database["USER"]), quote(database["PASSWORD"] or "", safe="")
    host = quote(database["HOST"], safe="")
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgresql://{user}:{password}@{host}{port}/{database['NAME']}"


def until(true: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until it is so. Fails when it does not become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


@pytest.fixture
def plant(world, place, request):
    """Nobody works yet; the head of 水沟镇 has mail."""
    with acting(world.a.posts["head"]) as head:
        deliveries.keep_mailbox(post=head, address="head@example.org")
    connections["default"].close()
    plant = Plant(place, **request.param)
    yield plant
    plant.close()


# Each wants one more notice, kills the worker at a step of it, and opens what was closed.


def killed_in(gate: int) -> Callable[[Plant], None]:
    def kill(plant: Plant) -> None:
        with plant.locked(gate):
            plant.want(plant.planned() + 1)
            until(lambda: plant.someone_waits_in(gate))
            plant.kill("worker 0")

    return kill


def killed_at(door: str) -> Callable[[Plant], None]:
    def kill(plant: Plant) -> None:
        with plant.closed(door):
            plant.want(plant.planned() + 1)
            until(lambda: plant.someone_stands_at(door))
            plant.kill("worker 0")

    return kill


def killed_once_planned(plant: Plant) -> None:
    before = plant.planned()
    with plant.locked(LEASE):
        plant.want(before + 1)
        until(lambda: plant.planned() > before)
        plant.kill("worker 0")
        plant.flush_broker()


def killed_once_marked(plant: Plant) -> None:
    step = FIRST_STEP + plant.planned()
    plant.want(plant.planned() + 1)
    until(lambda: plant.states("email", step)["sent"] == 1)
    plant.kill("worker 0")


# The step, whether the message had been taken, and whether the server's word could be lost.
STEPS = {
    "in planning": (killed_in(PLAN), False),
    "once planned": (killed_once_planned, False),
    "in leasing": (killed_in(LEASE), False),
    "before the channel took it": (killed_at(post_office.BEFORE), True),
    "after the channel took it": (killed_at(post_office.AFTER), True),
    "in marking": (killed_in(MARK), True),
    "once marked": (killed_once_marked, False),
}


@pytest.mark.covers("I10")
@pytest.mark.parametrize(
    "plant",
    [{"drops": True, "lease_seconds": 2}, {"drops": False, "lease_seconds": 2}],
    indirect=True,
    ids=["drops doubles", "promises nothing"],
)
def test_kill_at_every_step(plant, request, capsys):
    """One notice per step: planned once, in-app once, mailed once, or in doubt where the server is."""
    drops = plant.environment["OFFICE_DROPS_DOUBLES"] == "1"
    plant.owner.execute(GATES)
    plant.start_beat()
    plant.start_worker()
    lines = []
    for number, (step, (kill, doubtful)) in enumerate(STEPS.items()):
        kill(plant)
        plant.start_worker()
        until(lambda step=FIRST_STEP + number: plant.settled(step))
        found = Counter(
            dict(
                plant.ask(
                    "SELECT d.channel || ' ' || d.state, count(*) FROM assessment_delivery d"
                    " JOIN assessment_notice n ON n.id = d.notice_id WHERE n.step = %s GROUP BY 1",
                    FIRST_STEP + number,
                )
            )
        )
        key = plant.one(
            "SELECT '<notice.' || d.tenant_id || '.' || d.id || '@example.org>' FROM assessment_delivery d"
            " JOIN assessment_notice n ON n.id = d.notice_id WHERE n.step = %s AND d.channel = 'email'",
            FIRST_STEP + number,
        )
        times = post_office.taken(plant.office)[key]
        lines.append(f"{step:28} {dict(found)} taken {times}")
        expected = "unknown" if doubtful and not drops else "sent"
        assert found == {"in_app sent": 1, f"email {expected}": 1}, step
        assert times <= 1 or drops, f"{step}: sent twice"
        assert times >= 1 or expected == "unknown", f"{step}: lost"
    assert plant.planned() == len(STEPS)
    with capsys.disabled():
        print(f"\n{request.node.name}", *lines, sep="\n  ")


@pytest.mark.covers("I10")
@pytest.mark.parametrize(
    "plant",
    [{"drops": True, "lease_seconds": 5}, {"drops": False, "lease_seconds": 5}],
    indirect=True,
    ids=["drops doubles", "promises nothing"],
)
def test_five_thousand_under_random_kills(plant, request, capsys):
    """Three schedulers, four workers, kills at random, the broker flushed twice: nothing lost or doubled."""
    dice = random.Random(2012)
    started = time.monotonic()
    plant.want(MANY)
    for number in range(4):
        plant.start_worker(number)
    for number in range(3):
        plant.start_beat(number)
    kills, flushes = Counter(), [MANY // 3, 2 * MANY // 3]
    next_kill = dice.randrange(50, 200)
    while plant.planned() < MANY or not plant.settled():
        assert time.monotonic() - started < DEADLINE_SECONDS, plant.states("email")
        time.sleep(0.05)
        done = plant.states("email")["sent"]
        if flushes and done >= flushes[0]:
            plant.flush_broker()
            flushes.pop(0)
        # By progress, not by the clock: on a busy machine a worker must come to work before it is killed.
        if done + plant.planned() >= next_kill:
            kills[_kill_somebody(plant, dice)] += 1
            next_kill = done + plant.planned() + dice.randrange(50, 200)
    took = time.monotonic() - started
    taken = post_office.taken(plant.office)
    email, inbox = plant.states("email"), plant.states("in_app")
    doubles = sum(taken.values()) - len(taken)
    sent = plant.ask(
        "SELECT '<notice.' || tenant_id || '.' || id || '@example.org>' FROM assessment_delivery"
        " WHERE channel = 'email' AND state = 'sent'"
    )
    lost = {key for (key,) in sent} - set(taken)
    in_doubt_and_arrived = len(set(taken) - {key for (key,) in sent})
    with capsys.disabled():
        print(
            f"\n{request.node.name}: {took:.0f} s, killed {dict(kills)}, planned {plant.planned()},"
            f" in-app {dict(inbox)}, e-mail {dict(email)}, messages taken {len(taken)}, of them again"
            f" {doubles}, unknown that had arrived {in_doubt_and_arrived}, sent but not taken {len(lost)}"
        )
    assert not flushes, "the broker was flushed twice"
    assert sum(kills.values()) > 10
    assert plant.planned() == plant.one(
        "SELECT count(DISTINCT step) FROM assessment_notice WHERE step >= 1000"
    )
    assert plant.planned() == MANY
    assert inbox == {"sent": MANY}
    assert sum(email.values()) == MANY
    assert not lost
    if plant.environment["OFFICE_DROPS_DOUBLES"] == "1":
        assert email == {"sent": MANY}
        assert len(taken) == MANY
    else:
        assert doubles == 0
        assert email["unknown"] > 0, "no kill fell between the doors: the test showed nothing"


def _kill_somebody(plant: Plant, dice: random.Random) -> str:
    """A worker's process most often, a whole worker at times, a scheduler now and then; it comes back."""
    name = dice.choice([name for name in plant.running if name.startswith("worker")])
    what = dice.choices(("process", "worker", "scheduler"), (8, 2, 1))[0]
    if what == "process":
        for child in plant.children(name)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    elif what == "worker":
        plant.kill(name)
        plant.start_worker(int(name[-1]))
    else:
        number = dice.randrange(3)
        plant.kill(f"beat {number}")
        plant.start_beat(number)
    return what
