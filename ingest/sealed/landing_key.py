"""The landing key (age, X25519): agencies encrypt to its public half; the ingest worker alone holds the private one."""

from __future__ import annotations

from pathlib import Path

import pyrage

from anonymise.keys.key_file import read_secret, write_once
from datalab.errors import SettingsError
from datalab.settings import Settings
from ingest.durable import write_durably

_PRIVATE, _PUBLIC = "landing.key", "landing.pub"
_PRIVATE_BYTES = 75
"""`AGE-SECRET-KEY-1`, 58 characters of Bech32, a line end."""


def create_landing_key(settings: Settings) -> None:
    """Make the landing key of a new lab; one that exists stands, and its public half is written again."""
    private = settings.ingest_keys / _PRIVATE
    settings.ingest_keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.public_keys.mkdir(parents=True, exist_ok=True)
    write_once(private, f"{pyrage.x25519.Identity.generate()}\n".encode())
    write_durably(settings.public_keys / _PUBLIC, f"{read_identity(settings).to_public()}\n".encode())


def read_identity(settings: Settings) -> pyrage.x25519.Identity:
    """Read the private half.

    Raises:
        SettingsError: if it is missing, can be read by others, or is no age key.
    """
    file = settings.ingest_keys / _PRIVATE
    try:
        return pyrage.x25519.Identity.from_str(read_secret(file, length=_PRIVATE_BYTES).decode().strip())
    except (pyrage.IdentityError, UnicodeDecodeError):
        raise SettingsError(f"{file} is not a landing key.", remedy="Restore it from the key backup.") from None


def public_key_file(settings: Settings) -> Path:
    """Return the file that agencies are given."""
    return settings.public_keys / _PUBLIC


def read_recipient(text: str) -> pyrage.x25519.Recipient:
    """Read the public half, as the lab publishes it.

    Raises:
        SettingsError: if it is no age public key.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise SettingsError(
            "This is not a lab's landing key.", remedy="Use the lab's landing.pub; it begins with `age1`."
        ) from None
