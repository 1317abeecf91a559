"""Founding a lab: its folders and databases, and the keys of every process, each in its own place."""

from __future__ import annotations

from anonymise.keys import KeyRing
from datalab.release.signing import ReleaseKey
from datalab.settings import Settings
from datalab.wiring import create_lab
from ingest.landing_key import create_landing_key


def found_lab(settings: Settings) -> None:
    """Create a lab that can receive, link and release.

    Raises:
        StateError: if the home already holds a lab.
    """
    create_lab(settings)
    create_landing_key(settings)
    KeyRing.create(settings.ingest_keys)
    ReleaseKey.create(settings.release_keys, settings.public_keys)
