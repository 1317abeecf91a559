"""The one place that joins ports and adapters of the core.

Ingest has a wiring of its own (`ingest.worker`), with other secrets: this one never sees a linkage key.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from datalab.control import ControlDatabase
from datalab.errors import SettingsError, StateError
from datalab.release.store import ReleaseDatabase
from datalab.settings import Settings
from datalab.storage.databases import create_control, create_release, open_control, open_release


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A lab that is open: its settings and its two databases."""

    settings: Settings
    control: ControlDatabase = field(repr=False)
    release: ReleaseDatabase = field(repr=False)


def create_lab(settings: Settings) -> Lab:
    """Create the folders and databases of the core.

    Raises:
        StateError: if the home already holds a lab.
    """
    if (settings.home / "lab.toml").exists():
        raise StateError(
            f"{settings.home} already holds a lab.",
            remedy="Choose another folder, or remove that one if you are sure.",
        )
    private = (settings.ingest_keys, settings.release_keys, settings.scratch, settings.linkage, settings.home / "release")
    shared = (
        settings.public_keys,
        settings.home / "control",
        settings.landing / "inbox",
        settings.landing / "sealed",
        settings.research,
        settings.views,
        settings.outbox,
    )
    for folder in (*private, *shared):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in private:
        folder.chmod(0o700)
    create_control(settings.control_database)
    create_release(settings.release_database)
    (settings.home / "lab.toml").write_text(
        "# Settings of this lab; see datalab/settings.py for all of them. DATALAB_<NAME> in the environment wins.\n"
    )
    return _open(settings)


def open_lab(settings: Settings) -> Lab:
    """Open a lab that exists.

    Raises:
        SettingsError: if there is none in the home.
    """
    if not (settings.home / "lab.toml").is_file():
        raise SettingsError(
            f"There is no lab in {settings.home}.",
            remedy="Create one with: datalab lab create FOLDER. Or name it with --lab or DATALAB_HOME.",
        )
    return _open(settings)


@functools.cache
def _open(settings: Settings) -> Lab:
    return Lab(
        settings=settings,
        control=open_control(settings.control_database),
        release=open_release(settings.release_database),
    )
