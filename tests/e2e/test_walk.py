"""Every page as every role by click, at two sizes: nothing breaks, overflows or speaks another language.

Each kind of page is also read by axe, once at each size: what it calls serious or critical is a fault.
"""

import os
import re
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.demo import story
from tests.e2e.conftest import SIZES

pytestmark = pytest.mark.browser

PEOPLE = [
    "sn_town", "sn_head", "sn_clerk", "sn_party", "sn_gov", "sn_leader", "sn_audit", "sn_security",
    "sn_admin",
    "ql_town", "ql_head", "ql_clerk", "ql_party", "city_officer", "city_clerk", "city_admin",
]  # fmt: skip
MOST_PAGES = 80  # of one role at one size
DOWNLOAD = re.compile(
    r"/evidence/\d+/(?:view/|original/)?(?:\?|$)|/archive/|/export/|/text/|/template/|/download/|/calendar/\d+/form/|/api/"
)
GRAVE = {"serious", "critical"}
READ_BY_AXE = set()  # (kind of page, size): what one role's page has, the next one's has too
# Latin words that stand for themselves: logins, file names, credit codes, hashes, the names of formats.
LATIN = re.compile(r"[A-Za-z]{4,}")
NAMES_THEMSELVES = re.compile(
    r"\b91[0-9A-Z]{16}\b|(sn|ql|city)_[a-z0-9]+|[\w.-]+\.(xlsx|png|jpg|pdf)"
    r"|SHA-256|[0-9a-f]{12,}|Excel|Word|JPEG|docx|xlsx|xls"
)


def screenshots() -> Path:
    """Where the pictures go: a directory that git ignores."""
    folder = Path(os.environ.get("PORTAL_SCREENSHOTS", "var/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def look(visitor, name: str) -> None:
    """Take the picture and check what a person would mind."""
    page = visitor.page
    page.screenshot(path=screenshots() / f"{name}.png", full_page=True)
    kind = (kind_of(page.url), page.viewport_size["width"])
    if kind not in READ_BY_AXE:
        READ_BY_AXE.add(kind)
        visitor.faults += [f"{name}: {fault}" for fault in barriers(page)]
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide > room:
        visitor.faults.append(f"{name}: {wide} px wide in a window of {room}")
    # Digests stand as code, keys by their names; the rest speaks to people, but for the help that teaches the
    # words of documents.
    page.evaluate("document.querySelectorAll('pre, code, kbd').forEach(one => one.remove())")
    text = NAMES_THEMSELVES.sub("", page.inner_text("body"))
    if (words := set(LATIN.findall(text))) and "/help/" not in page.url:
        visitor.faults.append(f"{name}: foreign words {sorted(words)}")
    if "None" in text or "Traceback" in text:
        visitor.faults.append(f"{name}: raw values on the page")


def barriers(page) -> list[str]:
    """What keeps people out, with the places on the page."""
    return [
        f"{found['id']} ({found['impact']}), {len(found['nodes'])} times: {found['nodes'][0]['html'][:160]}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in GRAVE
    ]


def kind_of(address: str) -> str:
    """A page's address with what it is about taken out: one of each kind is walked."""
    return re.sub(r"\d+|(?<=/figures/)[a-z_]+|(?<=/help/)[a-z_/]+", "n", urlsplit(address).path)


def links_here(visitor) -> list[str]:
    """Addresses of the page's own links, in order, downloads left out."""
    found = visitor.page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    return [one for one in found if one.startswith(visitor.address) and not DOWNLOAD.search(one)]


def walks() -> list:
    """Everybody at both sizes; all but these few are long (make batteries)."""
    soon = [
        (username, "wide") for username in ("sn_clerk", "sn_party", "sn_leader", "sn_admin", "city_officer")
    ]
    soon += [(username, "phone") for username in ("sn_town", "sn_head")]
    return [
        pytest.param(*walk, marks=() if walk in soon else pytest.mark.battery)
        for walk in product(PEOPLE, SIZES)
    ]


@pytest.mark.covers("F-104")
@pytest.mark.parametrize(("username", "size"), walks())
def test_every_page_by_click(visit, username, size):
    visitor = visit(size)
    visitor.sign_in(username)
    seen, waiting = set(), [visitor.page.url]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if (kind := kind_of(address)) in seen:
            continue
        seen.add(kind)
        visitor.page.goto(address)
        look(visitor, f"{username}-{size}-{kind.strip('/').replace('/', '-') or 'home'}")
        waiting += links_here(visitor)
    print(f"{username} {size}: {len(seen)} pages: {' '.join(sorted(seen))}")
    assert len(seen) >= 2
    assert not visitor.faults, "\n".join(visitor.faults)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_the_help(visit, size):
    visitor = visit(size)
    visitor.sign_in("sn_clerk")
    visitor.open("/help/")
    pages = sorted({address for address in links_here(visitor) if "/help/" in address})
    for address in pages:
        visitor.page.goto(address)
        look(visitor, f"help-{size}-{urlsplit(address).path.strip('/').replace('/', '-')}")
    assert len(pages) > 10
    assert not visitor.faults, "\n".join(visitor.faults)


def test_login_page(visit):
    for size in ("wide", "phone"):
        visitor = visit(size)
        visitor.open("/login/")
        look(visitor, f"login-{size}")
        assert visitor.faults == []
        assert story.PASSWORD not in visitor.page.content()
