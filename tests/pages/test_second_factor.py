"""The second factor: bound at the first sign-in, asked for at every later one, never twice by one code."""

import re
import time
from base64 import b32decode

import pytest
from django_otp.oath import TOTP

from accounts.models import Change
from tests.pages.real_time import pass_time
from tests.world import acting

pytestmark = pytest.mark.covers("F-108")
PAGE = "/second-factor/"


@pytest.fixture(autouse=True)
def _asked_for(settings):
    settings.PORTAL_SECOND_FACTOR = True


def told(answer) -> str:
    return answer.content.decode()


def bind(client) -> bytes:
    """Bind a device as a person would; the secret that it learned."""
    assert client.post("/second-factor/begin/").url == PAGE
    letters = re.search(r"<code>([A-Z2-7 ]+)</code>", told(client.get(PAGE)))[1]
    secret = b32decode(letters.replace(" ", ""))
    assert client.post(PAGE, {"code": code_of(secret)}).url == "/"
    return secret


def code_of(secret: bytes, later: int = 0) -> str:
    device = TOTP(secret)
    device.time = time.time() + later
    return f"{device.token():06}"


@pytest.mark.parametrize("stem", ["party_inspector", "admin", "auditor"])
def test_inspection_and_administrators_open_no_page_before_their_device_is_bound(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    for address in ("/", "/projects/", "/changes/", "/password/", "/users/"):
        assert client.get(address).url == PAGE
    page = told(client.get(PAGE))
    assert "绑定动态口令" in page
    assert 'id="menu-open"' not in page
    bind(client)
    assert client.get("/").status_code == 200
    with acting(world.a.posts[stem]):
        assert Change.objects.latest("pk").act == "factor.bind"


@pytest.mark.parametrize("stem", ["reporter", "head", "clerk", "leader"])
def test_everybody_else_signs_in_with_the_password(world, sign_in, stem):
    assert sign_in(f"a_{stem}").get("/").status_code == 200


def test_the_picture_comes_with_the_page_and_from_no_other_address(world, sign_in):
    client = sign_in("a_party_inspector")
    client.post("/second-factor/begin/")
    page = client.get(PAGE)
    assert 'src="data:image/svg+xml' in told(page)
    assert "no-store" in page["Cache-Control"]
    assert re.findall(r'(?:src|href)="(https?:)?//', told(page)) == []
    # Looking twice shows the same secret, or the device would have learned a void one.
    first, second = (re.search(r"<code>(.+)</code>", told(client.get(PAGE)))[1] for _look in range(2))
    assert first == second


def test_a_later_sign_in_asks_for_a_code_that_was_not_used(world, sign_in):
    secret = bind(sign_in("a_party_inspector"))
    used = code_of(secret)
    client = sign_in("a_party_inspector")
    assert client.get("/").url == PAGE
    assert "密钥" not in told(client.get(PAGE))
    again = client.post(PAGE, {"code": used})
    assert again.status_code == 200
    assert "不正确，或已经用过" in told(again)
    assert client.get("/").url == PAGE
    assert client.post(PAGE, {"code": code_of(secret, later=30)}).url == "/"
    assert client.get("/").status_code == 200


def test_a_proved_session_has_a_new_key(world, sign_in):
    client = sign_in("a_party_inspector")
    before = client.session.session_key
    bind(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_is_not_tried(world, sign_in, code):
    client = sign_in("a_party_inspector")
    client.post("/second-factor/begin/")
    assert client.post(PAGE, {"code": code}).status_code == 200
    assert client.get("/").url == PAGE


def test_five_wrong_codes_make_even_the_right_one_wait(world, sign_in, monkeypatch):
    secret = bind(sign_in("a_party_inspector"))
    client = sign_in("a_party_inspector")
    right = code_of(secret, later=30)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _attempt in range(5):
        client.post(PAGE, {"code": wrong})
    assert "15 分钟后再试" in told(client.post(PAGE, {"code": right}))
    assert client.get("/").url == PAGE
    pass_time(monkeypatch, minutes=16)
    client = sign_in("a_party_inspector")
    assert client.post(PAGE, {"code": code_of(secret, later=16 * 60)}).url == "/"


def test_beginning_again_keeps_a_bound_device(world, sign_in):
    client = sign_in("a_party_inspector")
    secret = bind(client)
    client.post("/second-factor/begin/")
    assert sign_in("a_party_inspector").post(PAGE, {"code": code_of(secret, later=30)}).url == "/"


def test_wrong_methods(world, sign_in):
    client = sign_in("a_party_inspector")
    assert client.get("/second-factor/begin/").status_code == 405
    assert client.put(PAGE).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_code_opens_one_account_only(world, sign_in):
    secret = bind(sign_in("a_party_inspector"))
    other = sign_in("a_government_inspector")
    bind(other)
    later = sign_in("a_government_inspector")
    later.post(PAGE, {"code": code_of(secret, later=30)})
    assert later.get("/").url == PAGE


def test_the_secret_stands_in_no_act(world, sign_in):
    secret = bind(sign_in("a_party_inspector"))
    with acting(world.a.posts["clerk"]):
        rows = list(Change.objects.latest("pk").rows.values_list("table", "before", "after"))
    assert [table for table, _before, _after in rows] == ["accounts_user"]
    assert secret.hex() not in str(rows)
