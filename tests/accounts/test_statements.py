"""The text of a checkpoint: one form, one signature, one short code. Fixed vectors, no database."""

import datetime as dt
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts import signing_keys, statements
from accounts.statements import Statement, Unreadable

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STATED = Statement(
    tenant="611023",
    tenant_id=7,
    day=dt.date(2012, 7, 2),
    pos=1234,
    sha256="ab" * 32,
    sm3="cd" * 32,
    key=signing_keys.name_of(KEY.public_key()),
)
TEXT = f"""zhaoshang-checkpoint/1
tenant: 611023
tenant-id: 7
date: 2012-07-02
pos: 1234
sha256: {"ab" * 32}
sm3: {"cd" * 32}
key: 56475aa75463474c0285df5dbf2bcab7
"""
SIGNATURE = (
    "2d2dfb54f8d1872478589cdb2c0cc92fabe137476a373435c2fc6c23851184d0"
    "7d1e2af3e713a10a9764895b06e7c4484537839ad065958d1ec3cae7731cb108"
)
SHORT_CODE = "81BC-C200-8366-98B3-0E4D"


def test_sm3_is_that_of_the_standard():
    """GB/T 32905-2016, appendix A."""
    assert statements.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert statements.sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_the_canonical_text_its_signature_and_its_code():
    signed = statements.sign(STATED, KEY)
    assert STATED.text == TEXT
    assert signed.signature == SIGNATURE
    assert STATED.short_code == SHORT_CODE
    assert signed.text == f"{TEXT}signature: {SIGNATURE}\n"
    assert signed.is_by(KEY.public_key())


def test_what_is_written_is_read_again_alone_and_among_others():
    first = statements.sign(STATED, KEY)
    second = statements.sign(replace(STATED, tenant="611024", tenant_id=8), KEY)
    assert list(statements.read(first.text)) == [first]
    letter = f"附上今日校验点。\n\n{first.text}\n谢谢\n{second.text}"
    assert list(statements.read(letter)) == [first, second]
    assert list(statements.read(letter.replace("\n", "\r\n"))) == [first, second]
    assert list(statements.read("no statement")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "611024"},
        {"tenant_id": 8},
        {"day": dt.date(2012, 7, 1)},
        {"pos": 1235},
        {"sha256": "ac" * 32},
        {"sm3": "ce" * 32},
        {"key": "0" * 32},
    ],
)
def test_a_signature_is_for_one_text(change):
    signed = statements.sign(STATED, KEY)
    assert not replace(signed, statement=replace(STATED, **change)).is_by(KEY.public_key())
    assert replace(STATED, **change).short_code != STATED.short_code


def test_a_signature_is_by_one_key():
    signed = statements.sign(STATED, KEY)
    assert not signed.is_by(Ed25519PrivateKey.generate().public_key())
    assert not replace(signed, signature="0" * 128).is_by(KEY.public_key())


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("checkpoint/1", "checkpoint/2"),
        ("pos: 1234", "pos: 01234"),
        ("pos: 1234", "pos: １２３４"),
        ("date: 2012-07-02", "date: 2012-07-32"),
        ("tenant-id: 7\n", ""),
        ("tenant-id: 7\n", "tenant-id: 7\n\n"),
        ("sha256: ab", "sha256: AB"),
        ("signature: ", "signature: 0"),
    ],
)
def test_a_mangled_statement_is_not_passed_over(part, instead):
    text = statements.sign(STATED, KEY).text
    assert part in text
    with pytest.raises(Unreadable):
        list(statements.read(text.replace(part, instead)))


def test_what_the_form_cannot_hold_is_not_signed():
    with pytest.raises(Unreadable):
        statements.sign(replace(STATED, tenant="../x"), KEY)


def test_a_directory_gives_each_statement_once_and_names_what_is_mangled(tmp_path):
    first = statements.sign(STATED, KEY)
    second = statements.sign(replace(STATED, day=dt.date(2012, 7, 3)), KEY)
    (tmp_path / "2012-07-03").mkdir()
    (tmp_path / "2012-07-03" / "611023.txt").write_text(second.text)
    (tmp_path / "july.txt").write_text(first.text + "\n" + second.text)
    (tmp_path / "letter.txt").write_text(f"今日校验点：\n{first.text}", encoding="gb18030")
    (tmp_path / "notepad.txt").write_text(first.text, encoding="utf-8-sig")
    (tmp_path / "bad.txt").write_text(first.text.replace("pos", "Pos"))
    (tmp_path / "portal.pub").write_text(signing_keys.pem(KEY.public_key()))
    found, mangled = statements.gathered(tmp_path)
    assert set(found) == {first, second}
    assert len(found) == 2
    assert [path.name for path in mangled] == ["bad.txt"]


def test_keys_in_files_are_found_again_and_named_alike(tmp_path):
    path = tmp_path / "portal.pub"
    path.write_text(signing_keys.pem(KEY.public_key()))
    assert signing_keys.name_of(signing_keys.public(path)) == STATED.key
    path.write_text("no key")
    with pytest.raises(signing_keys.KeyUnusable, match="不是 Ed25519 公钥"):
        signing_keys.public(path)
    with pytest.raises(signing_keys.KeyUnusable, match="没有密钥文件"):
        signing_keys.public(tmp_path / "none.pub")
