"""The shape of the house, read from its sources: imports point left and down, each thing has its place."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "projects", "assessment", "portal")

# Inside an app a module imports from its own layer or a lower one. Modules of the root that are not
# named here are ground: choices, stages, rules, validators and the like.
LAYERS = {
    "papers": 1,  # copies of PDF files, made in a process without the framework
    "sheets": 1,  # readers and writers of Excel: they know choices and rules, no model
    "models": 2,
    "backends": 3,
    "queries": 4,
    "services": 5,
    "forms": 6,
    "filters": 6,
    "serializers": 6,
    "reports": 6,
    "commands": 7,
    "views": 7,
    "api": 7,
    "tasks": 7,
    "urls": 7,
    "management": 7,
    "templatetags": 7,
}
OUTSIDE_LAYERS = {"migrations", "apps"}
# The engine of the embedded server, settings and wiring: above everything.
WIRING = "portal"

NAMELESS = {"utils", "helpers", "common", "misc", "base_manager"}

# Who may enter a scope.
ENTRANCES = {
    "accounts/commands.py",
    "accounts/tasks.py",
    "portal/client_scope.py",
    "portal/middleware.py",
    "portal/new_tenant.py",
}
# Who may read the real clock, and why.
REAL_CLOCK = {
    "accounts/clock.py": "it is the clock",
    "accounts/scope.py": "a context expires by the real clock",
    "portal/middleware.py": "so does a session",
    "accounts/views/session.py": "which begins here",
    "accounts/views/factors.py": "a device's codes follow the real clock",
}
CLOCK_READERS = {
    "api",
    "client_scope",
    "views",
    "tasks",
    "commands",
    "management",
    "middleware",
    "templatetags",
}

CLAIM_WRITER = "projects/services/claims.py"
DECISIONS = {"reviewed", "verified", "superior", "state"}
DELIVERIES = "assessment/services/deliveries.py"  # theirs is a state of sending, not of a claim


@dataclass(frozen=True)
class Source:
    """One Python file of the product."""

    path: str
    text: str
    tree: ast.Module

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.removesuffix(".py").split("/"))

    @property
    def app(self) -> str:
        return self.parts[0]

    @property
    def part(self) -> str:
        """What decides the layer: the package or module directly below the app."""
        return self.parts[1] if len(self.parts) > 1 else ""


@cache
def sources() -> tuple[Source, ...]:
    files = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    found = [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in files]
    return tuple(Source(path, text, ast.parse(text, path)) for path, text in found)


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Every dotted name that the file imports, at its top or inside a function, with its line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.path}:{node.lineno} imports by a relative name"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def layer(name: str) -> int | None:
    """Layer of a dotted name below an app, None where layers do not apply."""
    parts = name.split(".")
    if len(parts) < 2 or parts[1] in OUTSIDE_LAYERS or parts[0] == WIRING:
        return None
    return LAYERS["urls"] if parts[1].endswith("_urls") else LAYERS.get(parts[1], 0)


def calls(source: Source) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the dotted text of what is called."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_the_sources_are_read():
    assert len(sources()) > 80
    assert {source.app for source in sources()} == set(APPS)


@pytest.mark.covers("I7")
def test_imports_point_left():
    rank = {app: place for place, app in enumerate(APPS)}
    wrong = [
        f"{source.path}:{line} imports {name}"
        for source in sources()
        for name, line in imports(source)
        if name.split(".")[0] in rank and rank[name.split(".")[0]] > rank[source.app]
    ]
    assert not wrong


def test_inside_an_app_imports_point_down():
    wrong = []
    for source in sources():
        own = layer(".".join(source.parts))
        for name, line in imports(source):
            other = layer(name) if name.split(".")[0] in APPS else None
            if own is not None and other is not None and other > own:
                wrong.append(f"{source.path}:{line} (layer {own}) imports {name} (layer {other})")
    assert not wrong


def test_the_readers_of_sheets_and_papers_know_no_framework():
    wrong = [
        f"{source.path}:{line} imports {name}"
        for source in sources()
        if source.path.startswith(("projects/sheets/", "projects/papers/"))
        for name, line in imports(source)
        if name.split(".")[0] == "django" or name.startswith("projects.models")
    ]
    assert not wrong


@pytest.mark.covers("I6")
def test_a_scope_is_entered_in_the_listed_places_only():
    def enters(source: Source) -> bool:
        names = {name for name, _call in calls(source)}
        imported = {name for name, _line in imports(source)}
        return "scope.enter" in names or "accounts.scope.enter" in imported

    assert {source.path for source in sources() if enters(source)} == ENTRANCES


def test_only_views_tasks_commands_and_the_middleware_read_the_clock():
    wrong = []
    for source in sources():
        reads = [call.lineno for name, call in calls(source) if name in {"clock.now", "clock.today"}]
        reads += [
            line for name, line in imports(source) if name in {"accounts.clock.now", "accounts.clock.today"}
        ]
        if reads and CLOCK_READERS.isdisjoint(source.parts):
            wrong.append(f"{source.path}:{reads}")
    assert not wrong


def test_nothing_reads_another_clock():
    always = re.compile(r"(^|\.)(timezone\.now|datetime\.(now|utcnow|today)|date\.today|time\.time)$")
    bare = re.compile(r"(^|\.)timezone\.(localdate|localtime)$")
    found = set()
    for source in sources():
        for name, call in calls(source):
            if always.search(name) or (bare.search(name) and not call.args):
                found.add(source.path)
    assert found == set(REAL_CLOCK)


def test_no_module_is_nameless():
    assert not [source.path for source in sources() if NAMELESS & set(source.parts)]


def test_an_inline_import_carries_its_reason():
    wrong = []
    for source in sources():
        lines = source.text.splitlines()
        top = {
            node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        inner = {
            node
            for function in top
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        wrong += [
            f"{source.path}:{node.lineno}"
            for node in inner
            if not re.search(r"# noqa: [A-Z0-9, ]*PLC0415 -- \S", lines[node.lineno - 1])
        ]
    assert not wrong


@pytest.mark.covers("I1", "I3")
def test_one_service_builds_claims():
    building = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "update"}
    found = set()
    for source in sources():
        if "migrations" in source.parts:
            continue
        for name, _call in calls(source):
            head, _dot, last = name.rpartition(".")
            if name.split(".")[-1] == "Claim" or (last in building and "Claim.objects" in head):
                found.add(source.path)
    assert found == {CLAIM_WRITER}


@pytest.mark.covers("I3", "I4")
def test_nothing_in_python_writes_a_decision():
    wrong = []
    for source in sources():
        if source.path == DELIVERIES:
            continue
        for node in ast.walk(source.tree):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                wrong += [
                    f"{source.path}:{node.lineno}"
                    for target in targets
                    if isinstance(target, ast.Attribute) and target.attr in DECISIONS
                ]
        for name, call in calls(source):
            if name.split(".")[-1] in {"update", "create", "Claim", "get_or_create", "update_or_create"}:
                wrong += [f"{source.path}:{call.lineno}" for word in call.keywords if word.arg in DECISIONS]
    assert not wrong


def test_a_file_fits_the_budget():
    long = {source.path: source.text.count("\n") for source in sources() if "migrations" not in source.parts}
    assert not {path: lines for path, lines in long.items() if lines > 400}
