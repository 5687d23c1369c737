"""Which unit a sheet means: exactly, by a remembered alias, by an answer, or by asking."""

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from projects.sheets.cells import name_key
from projects.sheets.known import Known

KNOWN, PENDING, ASK, UNKNOWN = "known", "pending", "ask", "unknown"
# What offices leave out at the end of a name (水沟 for 水沟镇) or add (水沟镇人民政府).
ENDINGS = (
    "镇",
    "乡",
    "街道",
    "街道办",
    "街道办事处",
    "局",
    "委",
    "办",
    "办公室",
    "中心",
    "公司",
    "管委会",
    "支行",
    "总站",
    "站",
    "队",
)
ADDED = ("人民政府", "政府", "党委", "机关")
LEVELS = ("县", "市", "区", "州", "旗")
NEAR = 75  # of 100; two names of four characters that differ in one
NO = "no"


@dataclass(frozen=True)
class Meaning:
    """What a written name stands for: ``unit`` when known or pending, ``proposals`` (best first) when asked.

    Pending: a unit of 任务分解表 that is not accepted there, so its rows elsewhere wait without a fault.
    """

    state: str
    unit: str = ""
    proposals: tuple[str, ...] = ()
    refused: bool = False


class Names:
    """The units a workbook may mean. Every written name is thought about once."""

    def __init__(self, known: Known, answers: Mapping[str, str]):
        self.units = {name_key(name): name for name in known.units}
        self.given = frozenset(self.units)
        self.aliases = {name_key(alias): unit for alias, unit in known.aliases.items()}
        self.answers = {name_key(key): str(answer).strip() for key, answer in answers.items() if answer}
        self.pending: dict[str, str] = {}
        self.confirmed: dict[str, str] = {}
        self._meanings: dict[str, Meaning] = {}

    def add(self, name: str, *, usable: bool) -> None:
        """Take a name from 任务分解表: as a unit, or as one that waits there for a person."""
        (self.units if usable else self.pending)[name_key(name)] = name
        self._meanings.clear()

    def meaning(self, written: str, *, near: bool = True) -> Meaning:
        """What the name means.

        ``near`` proposes also names that are only similar; without it only units that the tenant had before
        the workbook are proposed, for a list of tasks names units that look like each other.
        """
        key = name_key(written)
        if key not in self._meanings:
            self._meanings[key] = self._think(written, key, near=near)
        return self._meanings[key]

    def _think(self, written: str, key: str, *, near: bool) -> Meaning:
        if unit := self.units.get(key) or self.aliases.get(key):
            return Meaning(KNOWN, unit)
        answer = self.answers.get(name_key(ask_key(written)))
        if answer and answer.casefold() != NO:
            unit = self.units.get(name_key(answer)) or self.aliases.get(name_key(answer))
            if unit is None:
                return Meaning(UNKNOWN, refused=True)
            self.confirmed[written] = unit
            return Meaning(KNOWN, unit)
        if answer is None and (proposals := self._proposals(key, near=near)):
            return Meaning(ASK, proposals=proposals)
        if key in self.pending:
            return Meaning(PENDING, self.pending[key])
        return Meaning(UNKNOWN, refused=answer is not None)

    def _proposals(self, key: str, *, near: bool) -> tuple[str, ...]:
        same = self._same(key)
        if near:
            return same or self._similar(key)
        return tuple(unit for unit in same if name_key(unit) in self.given)

    def _same(self, key: str) -> tuple[str, ...]:
        """Units whose name differs by a usual ending or by the county's name before it."""
        wordings = [key + ending for ending in ENDINGS] + [level + key for level in LEVELS]
        wordings += [key.removesuffix(added) for added in (*ADDED, *ENDINGS) if key.endswith(added)]
        wordings += [key[at:] for at in range(1, len(key) - 1) if key[at - 1] in LEVELS]
        return tuple(dict.fromkeys(self.units[wording] for wording in wordings if wording in self.units))

    def _similar(self, key: str) -> tuple[str, ...]:
        """The one unit whose name is clearly the most similar."""
        best = process.extract(key, list(self.units), scorer=fuzz.ratio, limit=2, score_cutoff=NEAR)
        if not best or (len(best) == 2 and best[0][1] == best[1][1]):
            return ()
        return (self.units[best[0][0]],)


def ask_key(written: str) -> str:
    """The key under which the answer to the question about a name is given."""
    return f"unit:{written}"
