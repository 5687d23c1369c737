"""The acts of a walk, and how often each is tried."""

from collections.abc import Callable

from tests.battery.ledger_attacks import attack, forge
from tests.battery.ledger_closings import (
    close_opinions,
    close_reports,
    open_period,
    publish,
    reclose,
    reopen,
    submit,
    unsubmit,
)
from tests.battery.ledger_entries import correct, record, withdraw
from tests.battery.ledger_opinions import opine
from tests.battery.ledger_walk import Walk

# How often each is tried; those of a walk that has no choice of way are tried as they can be.
ACTS: dict[Callable[[Walk, str], None], int] = {
    record: 130,
    withdraw: 40,
    correct: 60,
    opine: 420,
    submit: 45,
    unsubmit: 25,
    close_reports: 6,
    close_opinions: 10,
    reopen: 12,
    reclose: 6,
    open_period: 6,
    publish: 3,
    attack: 60,
    forge: 8,
}
ONE_WAY = {reclose, open_period, attack, forge}
