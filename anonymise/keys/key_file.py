"""Secret files: made once, readable by one user, refused otherwise.

The rules are those of OpenSSH for private keys: a secret that others could read is treated as no secret.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from datalab.errors import SettingsError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_folder(folder: Path) -> None:
    """Check that a folder of secrets is this user's alone.

    Raises:
        SettingsError: if it is missing, a link, another user's, or open to others.
    """
    try:
        found = folder.lstat()
    except FileNotFoundError:
        raise SettingsError(
            f"The key folder {folder} does not exist.",
            remedy="Create the lab first, or name the folder that holds its keys.",
        ) from None
    if not stat.S_ISDIR(found.st_mode):
        raise SettingsError(f"{folder} is not a folder.", remedy="Name the folder that holds the lab's keys.")
    _check_private(folder, found, mode=0o700)


def read_secret(file: Path, *, length: int) -> bytes:
    """Read a secret of a known length in bytes.

    Raises:
        SettingsError: if it is missing, a link, another user's, open to others, or of another length.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise SettingsError(
            f"The key file {file} cannot be opened: {error.strerror}.",
            remedy="Restore it from the key backup; a key file is a plain file, never a link.",
        ) from None
    with open(descriptor, "rb") as opened:  # noqa: PTH123 - a descriptor, opened so that links are refused
        _check_private(file, os.fstat(descriptor), mode=0o600)
        secret = opened.read(length + 1)
    if len(secret) != length:
        raise SettingsError(
            f"The key file {file} does not hold {length} bytes.",
            why="It was cut short or changed.",
            remedy="Restore it from the key backup.",
        )
    return secret


def write_once(file: Path, secret: bytes) -> None:
    """Write a secret durably, unless the file exists: then that one stands.

    Complete or absent at any moment, also when killed, and two processes agree on one content: the bytes go to a file
    aside, and a hard link, which cannot over-write, gives them their name.
    """
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as opened:  # noqa: PTH123 - a descriptor, born with its permissions
            opened.write(secret)
            opened.flush()
            os.fsync(descriptor)
        try:
            file.hardlink_to(aside)
        except FileExistsError:
            return
    finally:
        aside.unlink()
    _sync(file.parent)


def discard(file: Path) -> None:
    """Over-write a secret and delete its file; nothing to do where there is none."""
    try:
        length = file.stat().st_size
        with file.open("r+b") as opened:
            opened.write(bytes(length))
            opened.flush()
            os.fsync(opened.fileno())
        file.unlink()
    except FileNotFoundError:
        return
    _sync(file.parent)


def _check_private(path: Path, found: os.stat_result, *, mode: int) -> None:
    if found.st_uid != os.geteuid():
        raise SettingsError(
            f"{path} belongs to another user.",
            why="Whoever owns a key file can read it.",
            remedy="Run this command as the user that owns the keys.",
        )
    if found.st_mode & _OTHERS:
        raise SettingsError(
            f"{path} can be reached by other users (mode {stat.S_IMODE(found.st_mode):04o}).",
            why="A key that others can read protects nobody.",
            remedy=f"Run `chmod {mode:o} {path}`, and find out who read it meanwhile.",
        )


def _sync(folder: Path) -> None:
    """Make a name's appearance or disappearance survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
