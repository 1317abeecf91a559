"""Founding a lab: its folders and databases, and the keys of every process, each in its own place."""

from __future__ import annotations

from datalab.release.bundle.signing import ReleaseKey
from datalab.settings import Settings
from datalab.wiring import Lab, create_lab
from ingest.worker.worker import create_ingest


def found_lab(settings: Settings) -> Lab:
    """Create a lab that can receive, link and release.

    Raises:
        StateError: if the home already holds a lab.
    """
    lab = create_lab(settings)
    create_ingest(settings)
    ReleaseKey.create(settings.release_keys, settings.public_keys)
    return lab
