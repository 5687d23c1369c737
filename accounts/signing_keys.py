"""The keys of checkpoints (校验点): Ed25519, the private one in a file outside the database.

Any tool makes such a file (``openssl genpkey -algorithm ed25519``). A key is named by the first 16 bytes of
the SHA-256 of its 32 public bytes, so that keys may follow each other and old statements still find theirs.
"""

import hashlib
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from accounts.refusals import Refused


class KeyUnusable(Refused):
    """A key file is missing, closed to this account, or holds something else."""


def private(path: Path) -> Ed25519PrivateKey:
    """The signing key of this file. Raises KeyUnusable; nothing of the content enters the message."""
    try:
        key = load_pem_private_key(_content(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} 不是未加密的 Ed25519 私钥（PEM）。")
    return key


def public(path: Path) -> Ed25519PublicKey:
    """The public key of this file. Raises KeyUnusable."""
    try:
        key = load_pem_public_key(_content(path))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{path} 不是 Ed25519 公钥（PEM）。")
    return key


def name_of(key: Ed25519PublicKey) -> str:
    """The name that statements call the key by."""
    return hashlib.sha256(key.public_bytes_raw()).digest()[:16].hex()


def pem(key: Ed25519PublicKey) -> str:
    """The public key as a file."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyUnusable(f"没有密钥文件 {path}。") from None
    except OSError as fault:
        raise KeyUnusable(f"读不了密钥文件 {path}（{fault.strerror}）。") from fault
