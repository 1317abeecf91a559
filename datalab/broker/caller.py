"""Who calls: a person, in one project where a sandbox's door speaks for them.

A door or the portal vouches for the person with a secret that only it and the release service can read. A door speaks
for one person in one project and for nothing else; what a sandbox says about itself never arrives (the door strips it).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from datalab.errors import PermissionDeniedError

CALLER, SECRET = "x-datalab-caller", "x-datalab-secret"
PERSON, PROJECT = "x-datalab-person", "x-datalab-project"
"""Names of the headers that only a door and the portal can set."""


class Kind(StrEnum):
    """What calls."""

    DOOR = "door"
    """A sandbox's door, on the host."""
    PORTAL = "portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person, and the project that they speak in; None at the portal, where every page names its own."""

    person: str
    project: str | None

    def within(self, project: str) -> str:
        """Return a project's id if this caller may speak in it; raises PermissionDeniedError."""
        if self.project not in (None, project):
            raise PermissionDeniedError(
                f"This sandbox belongs to the project {self.project}.",
                why="A sandbox speaks for one project.",
                remedy=f"Open the lab of the project {project} for that.",
            )
        return project


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """Tells callers by the secrets of doors and portal."""

    secrets: Mapping[Kind, bytes] = field(repr=False)

    @classmethod
    def open(cls, folder: Path) -> Gatekeeper:
        """Read the secrets, and make those that are not there yet.

        Args:
            folder: the run folder; its owner alone can read it.
        """
        return cls(secrets={kind: read_secret(folder, kind) for kind in Kind})

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """Return who calls.

        Args:
            headers: by name in lower case.

        Raises:
            PermissionDeniedError: if the secret is not a door's or the portal's, or no person is named.
        """
        stated = headers.get(CALLER, "")
        known = self.secrets.get(Kind(stated)) if stated in set(Kind) else None
        # Compared even where nothing can fit, so that time tells nothing of it.
        fits = hmac.compare_digest(known or b"\0", headers.get(SECRET, "").encode())
        person, project = headers.get(PERSON, ""), headers.get(PROJECT, "")
        if known is None or not fits or not person or (stated == Kind.DOOR and not project):
            raise PermissionDeniedError(
                "The release service does not know who calls.", remedy="Open the lab or the portal and ask from there."
            )
        return Caller(person=person, project=project or None)


def read_secret(folder: Path, kind: Kind) -> bytes:
    """Return a caller's secret; the first who asks makes it."""
    path = secret_file(folder, kind)
    if not path.exists():
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(aside)  # fails where somebody was faster: both then read the same
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip().encode()


def secret_file(folder: Path, kind: Kind) -> Path:
    """Return where a caller's secret is."""
    return folder / f"{kind.value}.secret"
