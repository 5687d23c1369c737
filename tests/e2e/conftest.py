"""A running demo in a directory of its own, and a real browser looking at it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.demo import story

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"wide": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> dict[str, str]:
    """The environment of the demo's processes: a data directory of its own, nothing of ours."""
    var = tmp_path_factory.mktemp("demo") / "with a space"
    ours = ("PORTAL_", "DATABASE", "MIGRATE", "DJANGO")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**clean, "PORTAL_VAR": str(var)}


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator[str]:
    """Address of a portal that ``manage.py demo`` serves, as ``make demo`` does."""
    server = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "demo", *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    try:
        for line in server.stdout:
            said.append(line)
            if found := ADDRESS.search(line):
                break
        else:
            pytest.fail("the demo did not start:\n" + "".join(said))
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
        server.stdout.close()


@pytest.fixture(scope="session")
def demo(environment) -> Iterator[str]:
    with serving(environment) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person's browser. What went wrong on any page collects in ``faults``."""

    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def sign_in(self, username: str, password: str = story.PASSWORD) -> None:
        self.page.goto(self.address + "login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit], main form button")
        assert "/login/" not in self.page.url, self.page.inner_text("body")

    def open(self, path: str) -> None:
        self.page.goto(self.address + path.lstrip("/"))


@pytest.fixture
def visit(demo, browser):
    """``visit("phone", scripts=False)``: a fresh browser window at one of the sizes."""
    opened = []

    def visiting(size: str = "wide", *, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=SIZES[size], locale="zh-CN", java_script_enabled=scripts, accept_downloads=True
        )
        opened.append(context)
        visitor = Visitor(context, context.new_page(), demo)
        page = visitor.page
        page.set_default_timeout(15_000)
        page.on("console", lambda said: said.type == "error" and visitor.faults.append(said.text))
        page.on("pageerror", lambda error: visitor.faults.append(f"{page.url}: {error}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((demo, "data:")) or visitor.faults.append(f"asks for {request.url}")
            ),
        )
        page.on(
            "response",
            lambda answer: answer.status >= 400 and visitor.faults.append(f"{answer.status} {answer.url}"),
        )
        return visitor

    yield visiting
    for context in opened:
        context.close()
