"""What a checkpoint (校验点) states, as text: one tenant, one day, where its chain stood, two digests of it.

The text is ASCII, each line ended by one newline, fields in this order and form, nothing else:

    zhaoshang-checkpoint/1
    tenant: 611023            division code on that day
    tenant-id: 7              the tenant's number in the chain, which never changes
    date: 2012-07-02          the real day on which it was signed
    pos: 1234                 the last act of the chain
    sha256: 64 digits         its hash
    sm3: 64 digits            the same chain computed with SM3 (accounts/queries/digests.py)
    key: 32 digits            name of the key (accounts/signing_keys.py)
    signature: 128 digits     Ed25519 over all lines before this one

Every statement carries its own signature, so those of one tenant say as much alone as among all others.
The short code (校验码) is the beginning of the SM3 of what is signed: who has it on paper knows the statement
again.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SM3, Hash

VERSION = "zhaoshang-checkpoint/1"
GROUPS = 5  # of four digits: 80 bits, more than anybody finds a second text for

FORM = re.compile(
    rf"^{re.escape(VERSION)}\n"
    r"tenant: ([0-9A-Za-z]{1,12})\ntenant-id: ([1-9][0-9]{0,18})\ndate: ([0-9]{4}-[0-9]{2}-[0-9]{2})\n"
    r"pos: ([1-9][0-9]{0,18})\nsha256: ([0-9a-f]{64})\nsm3: ([0-9a-f]{64})\nkey: ([0-9a-f]{32})\n"
    r"signature: ([0-9a-f]{128})$",
    re.MULTILINE,
)


class Unreadable(ValueError):
    """Text that begins like a statement and is none."""


@dataclass(frozen=True)
class Statement:
    """What is signed. ``sha256``, ``sm3`` and ``key`` are lower-case hexadecimal."""

    tenant: str
    tenant_id: int
    day: dt.date
    pos: int
    sha256: str
    sm3: str
    key: str

    @property
    def text(self) -> str:
        """The canonical text without its signature."""
        return (
            f"{VERSION}\ntenant: {self.tenant}\ntenant-id: {self.tenant_id}\ndate: {self.day.isoformat()}\n"
            f"pos: {self.pos}\nsha256: {self.sha256}\nsm3: {self.sm3}\nkey: {self.key}\n"
        )

    @property
    def short_code(self) -> str:
        """The code that is printed (校验码), e.g. 3F2A-90C1-7B54-E0D8-11AC."""
        return short_code(sm3(self.text.encode()).hex())


@dataclass(frozen=True)
class Signed:
    """A statement with its signature in hexadecimal."""

    statement: Statement
    signature: str

    @property
    def text(self) -> str:
        """As it stands in files."""
        return f"{self.statement.text}signature: {self.signature}\n"

    def is_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the holder of this key has signed exactly this statement."""
        try:
            key.verify(bytes.fromhex(self.signature), self.statement.text.encode())
        except InvalidSignature:
            return False
        return True


def sign(statement: Statement, key: Ed25519PrivateKey) -> Signed:
    """The statement with its signature. Ed25519 draws nothing: the same text is always signed alike.

    Raises Unreadable for what the form cannot hold, such as a code of other characters.
    """
    signed = Signed(statement, key.sign(statement.text.encode()).hex())
    if list(read(signed.text)) != [signed]:
        raise Unreadable(statement.text)
    return signed


def read(text: str) -> Iterator[Signed]:
    """The statements in a text, whatever stands between them. Raises Unreadable for a mangled one.

    The line ends of other systems are taken for newlines; the signature is over the canonical text anyway.
    """
    text = text.replace("\r\n", "\n")
    found = list(FORM.finditer(text))
    if len(found) != text.count(VERSION.partition("/")[0]):
        raise Unreadable("a statement of another form")
    for match in found:
        tenant, tenant_id, day, pos, sha256, sm3_digest, key, signature = match.groups()
        try:
            on = dt.date.fromisoformat(day)
        except ValueError:
            raise Unreadable(day) from None
        stated = Statement(tenant, int(tenant_id), on, int(pos), sha256, sm3_digest, key)
        yield Signed(stated, signature)


def gathered(directory: Path) -> tuple[list[Signed], list[Path]]:
    """The statements of all text files below a directory, each once, and the files with a mangled one."""
    found: dict[Signed, None] = {}
    mangled = []
    for path in sorted(directory.rglob("*.txt")):
        try:
            # Statements are ASCII: the encoding of a letter around them does not matter.
            found.update(dict.fromkeys(read(path.read_text(encoding="utf-8-sig", errors="replace"))))
        except Unreadable:
            mangled.append(path)
    return list(found), mangled


def short_code(digest: str) -> str:
    """The code that is printed (校验码): the beginning of a digest in hexadecimal, in groups of four."""
    digits = digest.upper()
    return "-".join(digits[4 * group : 4 * group + 4] for group in range(GROUPS))


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016)."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()
