"""The ingest worker's keyring: the secrets behind every pseudonym and match key, named and versioned.

Two kinds of key, because they die differently. `unit-ref/...`, `dates/...`, `surrogates/...`, `parts/...`,
`match/...` and `identifier/...` keys are derived with
HKDF-SHA256 (RFC 5869) from a master secret a class: one file to guard, any number of independent subkeys. A project's
key is a random file of its own: deleting that file is what unlinks the project's views for ever, and a derived key
could always be derived again.

Keys are files of 32 bytes, `<class>.v<N>.key` and `projects/<project>.v<N>.key`, written once and never over-written.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anonymise.keys.key_file import check_folder, discard, read_secret, write_once
from datalab.errors import SettingsError, StateError

KEY_BYTES: Final = 32
"""Length of every secret: a full SHA-256 key."""
MASTERS: Final[Mapping[str, str]] = {
    "unit-ref": "unit-ref",
    "dates": "unit-ref",
    "surrogates": "unit-ref",
    "parts": "unit-ref",
    "match": "linkage",
    "identifier": "linkage",
}
"""First word of a purpose, and the class of master secret its keys are derived from."""
PROJECT: Final = "project"
"""First word of the purposes whose keys are random, one file each."""
_SEGMENT = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKey:
    """A secret that says which one it is, and never what it is.

    It can be pickled, because it travels to Spark's Python workers inside a function; it must never be part of a plan,
    an environment or a message (law 5).
    """

    name: str
    """Purpose, such as `unit-ref/police_incidents`."""
    version: int
    secret: bytes = field(repr=False)

    @property
    def label(self) -> str:
        """Name and version as reports show them: `unit-ref/police_incidents/v1`."""
        return f"{self.name}/v{self.version}"

    def __str__(self) -> str:
        return self.label


class KeyRing:
    """Hands out keys by purpose.

    `unit-ref/<key space>`, `dates/<key space>`, `surrogates/<key space>`, `parts/treated`,
    `match/<key>/<version>`, `identifier/<kind>`, `project/<id>`.

    Made by `create` (a new lab), `open` (a lab that has keys) or `throwaway` (a rehearsal; nothing is written).
    """

    __slots__ = ("_folder", "_masters", "_projects")

    def __init__(self, masters: Mapping[str, tuple[int, bytes]], *, folder: Path | None) -> None:
        self._masters = dict(masters)
        self._folder = folder
        self._projects: dict[str, NamedKey] = {}

    def __repr__(self) -> str:
        return f"KeyRing(folder={self._folder})"

    def __reduce__(self) -> tuple[object, ...]:
        # A worker needs a key or two, never the ring.
        raise TypeError("A keyring stays in its process; send the NamedKey that the other side needs.")

    @classmethod
    def create(cls, folder: Path) -> KeyRing:
        """Make the master secrets of a new lab.

        Raises:
            StateError: if any of them exists; keys are made once, or the people already linked come apart.
            SettingsError: if others can enter the folder.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_folder(folder)
        classes = sorted(set(MASTERS.values()))
        if any(_newest(folder, name) for name in classes):
            raise StateError(
                f"{folder} already holds master keys; none was changed.",
                why="A second set would give everybody a second pseudonym.",
                remedy="Open the lab as it is, or choose another folder for the new one.",
            )
        for name in classes:
            write_once(folder / f"{name}.v{_FIRST}.key", secrets.token_bytes(KEY_BYTES))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> KeyRing:
        """Read the master secrets of a lab.

        Raises:
            SettingsError: if one is missing, has the wrong length, or can be read by others.
        """
        check_folder(folder)
        masters: dict[str, tuple[int, bytes]] = {}
        for name in sorted(set(MASTERS.values())):
            version = _newest(folder, name)
            if not version:
                raise SettingsError(
                    f"{folder} holds no master key `{name}`.",
                    why="It was never made, or the backup it was restored from leaves keys out.",
                    remedy="Restore the file from the key backup; a new one would split everybody already linked.",
                )
            masters[name] = (version, read_secret(folder / f"{name}.v{version}.key", length=KEY_BYTES))
        return cls(masters, folder=folder)

    @classmethod
    def throwaway(cls) -> KeyRing:
        """Make a ring in memory that ends with the process."""
        classes = set(MASTERS.values())
        return cls({name: (_FIRST, secrets.token_bytes(KEY_BYTES)) for name in classes}, folder=None)

    def key(self, purpose: str) -> NamedKey:
        """Return the newest key of a purpose; a project's key is made the first time it is asked for.

        Raises:
            SettingsError: if there is no such purpose, or a project's key file can be read by others.
            StateError: if the project's key was destroyed.
        """
        head, _, rest = purpose.partition("/")
        if not rest or not all(_SEGMENT.fullmatch(part) for part in rest.split("/")):
            raise _unknown(purpose)
        if head == PROJECT:
            return self._project(rest)
        if head not in MASTERS:
            raise _unknown(purpose)
        version, master = self._masters[MASTERS[head]]
        # No part can hold `|`, so two purposes never give one info.
        info = f"datalab|{head}|{rest}|v{version}".encode()
        secret = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)
        return NamedKey(name=purpose, version=version, secret=secret)

    def destroy_project(self, project: str) -> None:
        """Destroy a project's key, so that its views can never be tied to anybody again; safe to repeat.

        The over-writing is best effort on flash and copy-on-write storage; an encrypted volume is the other half.
        """
        self._projects[project] = NamedKey(name=f"{PROJECT}/{project}", version=_FIRST, secret=b"")
        if self._folder is not None:
            projects = self._project_folder(self._folder)
            # The mark first: killed in between, the key is refused already, and the next call deletes it.
            (projects / f"{project}.destroyed").touch(mode=0o600)
            discard(projects / f"{project}.v{_FIRST}.key")

    def _project(self, project: str) -> NamedKey:
        if project not in self._projects:
            self._projects[project] = NamedKey(
                name=f"{PROJECT}/{project}", version=_FIRST, secret=self._project_secret(project)
            )
        key = self._projects[project]
        if self._destroyed(project) or not key.secret:
            raise StateError(
                f"The key of project {project} was destroyed.",
                why="A project's pseudonyms end with it.",
                remedy="Register a new project to work on this data again.",
            )
        return key

    def _project_secret(self, project: str) -> bytes:
        if self._folder is None:
            return secrets.token_bytes(KEY_BYTES)
        if self._destroyed(project):
            return b""
        file = self._project_folder(self._folder) / f"{project}.v{_FIRST}.key"
        if not file.exists():
            write_once(file, secrets.token_bytes(KEY_BYTES))
        return read_secret(file, length=KEY_BYTES)

    def _destroyed(self, project: str) -> bool:
        return self._folder is not None and (self._folder / "projects" / f"{project}.destroyed").exists()

    @staticmethod
    def _project_folder(folder: Path) -> Path:
        projects = folder / "projects"
        projects.mkdir(mode=0o700, exist_ok=True)
        check_folder(projects)
        return projects


def _newest(folder: Path, name: str) -> int:
    """Return the highest version of a master secret, 0 where there is none."""
    found = (re.fullmatch(rf"{re.escape(name)}\.v([1-9]\d*)\.key", entry.name) for entry in folder.iterdir())
    return max((int(match[1]) for match in found if match), default=0)


def _unknown(purpose: str) -> SettingsError:
    return SettingsError(
        f"No key has the purpose `{purpose}`.",
        why=f"Purposes are {', '.join(f'`{head}/...`' for head in (*MASTERS, PROJECT))}, in lower case.",
        remedy="This is a name given by the lab's own code or by a contract's key space; correct it there.",
    )
