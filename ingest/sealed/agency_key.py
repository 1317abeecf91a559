"""An agency's signing key: says who sealed an extract, and names contents without telling what is in them.

The content secret is derived from the private key by HKDF-SHA256 (RFC 5869), so the custodian keeps one file. A plain
hash of the plaintext would let anybody with the manifest test guesses ("is it this list?"); under that secret they
learn only whether two extracts of one agency are equal.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from datalab.errors import SettingsError

_CONTENT_INFO = b"datalab content id v1"
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyKey:
    """The private half, on the custodian's machine only."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def id(self) -> str:
        """Short name of the key, for messages and envelopes."""
        return key_id(self.private.public_key())

    @property
    def public_pem(self) -> str:
        """The public half, as the lab registers it."""
        return _pem(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of a message."""
        return self.private.sign(message)

    def content_mac(self, dataset: str, contract_version: str) -> hmac.HMAC:
        """Return a running HMAC-SHA256 for one plaintext.

        The contract's version is part of it: the same file under a corrected contract is another submission.
        """
        raw = self.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=_CONTENT_INFO).derive(raw)
        mac = hmac.new(secret, digestmod=hashlib.sha256)
        mac.update(f"{dataset}\x1f{contract_version}\x1f".encode())
        return mac


def create_agency_key(folder: Path, agency: str) -> tuple[Path, Path]:
    """Make an agency's signing key.

    Returns:
        Files of the private half (readable by this user only) and of the public half.

    Raises:
        SettingsError: if there is a key of that name already: overwriting it would orphan every earlier extract.
    """
    private, public = folder / f"{agency}.key", folder / f"{agency}.pub"
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    write_secret(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_text(_pem(key.public_key()))
    return private, public


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only this user can read, durably.

    Raises:
        SettingsError: if the file exists.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(
            f"There is a key in {path} already.", remedy="Keep it, or name another folder for a new one."
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_agency_key(path: Path) -> AgencyKey:
    """Read an agency's private key.

    Raises:
        SettingsError: if there is no Ed25519 private key in the file.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(
            f"There is no signing key in {path}.", remedy="Make one with: datalab extract keygen AGENCY --out FOLDER"
        ) from None
    return AgencyKey(private=key)


def read_public_key(pem: str) -> Ed25519PublicKey:
    """Read an agency's public key.

    Raises:
        SettingsError: if it is not an Ed25519 public key in PEM.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(
            "This is not an Ed25519 public key.",
            remedy="Use the .pub file that `datalab extract keygen` wrote.",
        )
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Return the short name of a public key: the first digits of its SHA-256."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:_ID_DIGITS]


def signature_holds(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Say whether a signature is this key's over this message."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
