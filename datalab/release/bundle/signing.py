"""Signatures: the release key, which makes a bundle the lab's, and those that agencies make.

Ed25519 (RFC 8032). The release key's private half is a PKCS#8 PEM file that only the release service's user can read;
the public half lies with the lab's other public keys. What is signed is never the bare payload but its DSSE
pre-authentication encoding (https://github.com/secure-systems-lab/dsse), which binds the type of the payload: a
signature under one kind of document is worthless under another.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from datalab.errors import IntegrityError, SettingsError, StateError

PRIVATE_FILE = "release.key"
"""Name of the private half in the release service's key folder."""
PUBLIC_FILE = "release.pub"
"""Name of the public half in the folder of public keys."""
OWNER_ONLY = 0o600
"""Mode of the private half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseKey:
    """The key that signs bundles; it never shows itself."""

    public_pem: bytes
    """The public half, PEM."""
    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def create(cls, private_folder: Path, public_folder: Path) -> ReleaseKey:
        """Make a new key and store both halves.

        Raises:
            StateError: if the folder already holds a release key; replacing one would orphan every bundle it signed.
        """
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            descriptor = os.open(private_folder / PRIVATE_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        except FileExistsError:
            raise StateError(
                f"{private_folder} already holds a release key.",
                why="Replacing it would leave the bundles it signed without a key to check them.",
                remedy="Keep it, or name another folder.",
            ) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        public_folder.mkdir(parents=True, exist_ok=True)
        key = cls._of(private)
        (public_folder / PUBLIC_FILE).write_bytes(key.public_pem)
        return key

    @classmethod
    def open(cls, private_folder: Path) -> ReleaseKey:
        """Read the key that `create` stored.

        Raises:
            SettingsError: if there is none, if others can read it, or if it is no Ed25519 key.
        """
        path = private_folder / PRIVATE_FILE
        if not path.is_file():
            raise SettingsError(f"There is no release key at {path}.", remedy="Create the lab's keys first.")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"The release key at {path} can be read by others.", remedy=f"Run: chmod 600 {path}")
        private = _private(path.read_bytes())
        if private is None:
            raise SettingsError(f"{path} is not an Ed25519 private key in PEM.", remedy="Restore it from the backup.")
        return cls._of(private)

    @classmethod
    def _of(cls, private: Ed25519PrivateKey) -> ReleaseKey:
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(public_pem=public, _private=private)

    def sign(self, payload: bytes, *, kind: str) -> bytes:
        """Return the 64 bytes of signature over a payload of that kind."""
        return self._private.sign(_encoding(payload, kind))

    @property
    def id(self) -> str:
        """Which key this is: see `key_id`."""
        return key_id(self.public_pem)


def key_id(public_pem: bytes) -> str:
    """Return hex SHA-256 of a public key's 32 raw bytes: the name under which a signature refers to its key.

    Raises:
        SettingsError: if that is no Ed25519 public key.
    """
    return hashlib.sha256(_public(public_pem).public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def signature_by(private_pem: bytes, payload: bytes, *, kind: str) -> bytes:
    """Return the 64 bytes of signature that somebody's own private key makes over a payload of that kind.

    Raises:
        SettingsError: if that is no Ed25519 private key in PEM.
    """
    private = _private(private_pem)
    if private is None:
        raise SettingsError(
            "This is not an Ed25519 private key in PEM.",
            remedy="Name the .key file that `datalab extract keygen` wrote.",
        )
    return private.sign(_encoding(payload, kind))


def check_signature(payload: bytes, signature: bytes, *, kind: str, public_pem: bytes) -> None:
    """Check a signature.

    Raises:
        IntegrityError: if it is not this key's over exactly this payload and kind.
        SettingsError: if the public key is none.
    """
    try:
        _public(public_pem).verify(signature, _encoding(payload, kind))
    except InvalidSignature:
        raise IntegrityError(
            "The signature does not hold.",
            why="The content was changed after it was signed, or another key signed it.",
            remedy="Get the file again from the lab, and the lab's public key from a place you trust.",
        ) from None


def _private(pem: bytes) -> Ed25519PrivateKey | None:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError("This is not an Ed25519 public key in PEM.", remedy=f"Name the lab's {PUBLIC_FILE}.")
    return key


def _encoding(payload: bytes, kind: str) -> bytes:
    """DSSE v1 pre-authentication encoding: lengths make the parts unambiguous."""
    name = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)
