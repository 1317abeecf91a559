"""The one place that joins ports and adapters of the core.

Ingest has a wiring of its own (`ingest.worker.worker`), with other secrets: this one never sees a linkage key.
"""

from __future__ import annotations

import functools
import secrets
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import SettingsError, StateError
from datalab.governance.office import Office
from datalab.release.request import SERVICE
from datalab.settings import Settings
from datalab.storage.databases import (
    create_control,
    create_release,
    create_sign_in,
    open_control,
    open_release,
    open_sign_in,
)

if TYPE_CHECKING:  # what one command needs is loaded by it: most need the databases alone
    from datalab.intake.way_in import WayIn
    from datalab.privacy.plan import Engine
    from datalab.privacy.table import TableRef
    from datalab.release.desk import Desk
    from datalab.release.step import Observer
    from datalab.release.store import ReleaseDatabase
    from datalab.release.treasury import Treasury
    from datalab.signin.reception import Reception

SOFTWARE = ("datalab", "duckdb", "opendp", "pyspark")
"""Packages whose versions a bundle names: what may have counted, and what drew the noise."""


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
            remedy="Choose another folder, or bring it up to date with: datalab lab upgrade.",
        )
    private = (
        settings.ingest_keys,
        settings.release_keys,
        settings.scratch,
        settings.linkage,
        settings.home / "release",
        settings.hub,
        settings.run,
        settings.workspaces,
        settings.uploads,
    )
    shared = (
        settings.public_keys,
        settings.home / "control",
        settings.landing / "inbox",
        settings.landing / "sealed",
        settings.research,
        settings.views,
        settings.outbox,
        settings.packages,
    )
    for folder in (*private, *shared):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in private:
        folder.chmod(0o700)
    create_control(settings.control_database)
    create_release(settings.release_database)
    create_sign_in(settings.sign_in_database)
    (settings.home / "lab.toml").write_text(
        "# Settings of this lab; see datalab/settings.py for all of them. DATALAB_<NAME> in the environment wins.\n"
    )
    return _open(settings)


def upgrade_lab(settings: Settings) -> Lab:
    """Bring the databases of a lab up to date with this version of its software, and say so in its log.

    Raises:
        SettingsError: if there is no lab in the home, or its databases are of a later version.
    """
    _check_home(settings)
    create_control(settings.control_database)
    create_release(settings.release_database)
    create_sign_in(settings.sign_in_database)
    lab = _open(settings)
    software = " ".join(f"{name} {version(name)}" for name in SOFTWARE)
    event = AuditEvent(
        action=Action.LAB_UPGRADED, actor=SERVICE, subject="lab", at=clock(), details={"software": software}
    )
    with lab.release.begin() as tx:
        tx.record(event=event)
    return lab


def open_lab(settings: Settings) -> Lab:
    """Open a lab that exists.

    Raises:
        SettingsError: if there is none in the home.
    """
    _check_home(settings)
    return _open(settings)


def open_desk(lab: Lab, *, observer: Observer | None = None) -> Desk:
    """Open the release desk of a lab; an engine starts when the first question is computed.

    Raises:
        SettingsError: if the lab's release key is absent or can be read by others.
    """
    from datalab.engine.noise import OpenDPNoise  # noqa: PLC0415 - OpenDP loads only where questions are priced
    from datalab.release.bundle.outbox import Outbox  # noqa: PLC0415 - as above
    from datalab.release.bundle.signing import ReleaseKey  # noqa: PLC0415 - as above, cryptography
    from datalab.release.desk import Desk  # noqa: PLC0415 - as above
    from datalab.release.slot import Slots  # noqa: PLC0415 - as above
    from datalab.release.step import unobserved  # noqa: PLC0415 - as above

    settings = lab.settings
    return Desk(
        control=lab.control,
        release=lab.release,
        engine=open_engine(settings),
        noise=OpenDPNoise(),
        key=ReleaseKey.open(settings.release_keys),
        outbox=Outbox(folder=settings.outbox),
        views=settings.views,
        slots=Slots(first=settings.answer_slot),
        software={name: version(name) for name in SOFTWARE} | {"python": python_version()},
        clock=clock,
        new_id=lambda: f"r{secrets.token_hex(8)}",
        observer=observer or unobserved,
    )


def office(transaction: ControlTransaction, actor: str) -> Office:
    """Return the office for one transaction on the control database, on behalf of one person."""
    catalogue = transaction.catalogue
    return Office(register=transaction.governance, contract_of=catalogue.contract, actor=actor, now=clock())


def open_reception(lab: Lab) -> Reception:
    """Open the reception of a lab: sign-in without an identity provider.

    Raises:
        SettingsError: if the sign-in database was not created, or the setting `one_time_codes` is neither word.
    """
    from datalab.signin.reception import Reception  # noqa: PLC0415 - passwords load only where somebody signs in

    if lab.settings.one_time_codes not in {"offered", "required"}:
        raise SettingsError(
            "The setting one_time_codes is neither offered nor required.",
            remedy="Choose one in lab.toml or DATALAB_ONE_TIME_CODES.",
        )
    return Reception(
        control=lab.control,
        database=open_sign_in(lab.settings.sign_in_database),
        clock=clock,
        codes_required=lab.settings.one_time_codes == "required",
    )


def open_way_in(settings: Settings, control: ControlDatabase) -> WayIn:
    """Open the way in of a lab, for files that researchers bring; the portal has no other database than this.

    Raises:
        SettingsError: if `upload_approval` or `malware_scan` is none of its words, or files may be too large.
    """
    from datalab.intake.scanner import Clamd  # noqa: PLC0415 - loads only where files come in
    from datalab.intake.shelf import Shelf  # noqa: PLC0415 - as above
    from datalab.intake.way_in import LARGEST, Rules, WayIn  # noqa: PLC0415 - as above

    for name, words in (("upload_approval", {"required", "waived"}), ("malware_scan", {"required", "available"})):
        if getattr(settings, name) not in words:
            raise SettingsError(
                f"The setting {name} is neither {' nor '.join(sorted(words))}.",
                remedy=f"Choose one in lab.toml or DATALAB_{name.upper()}.",
            )
    if settings.upload_mebibytes > LARGEST:
        raise SettingsError(
            f"The setting upload_mebibytes is more than {LARGEST}.",
            remedy="Choose less; what is larger comes in as a dataset.",
        )
    return WayIn(
        control=control,
        shelf=Shelf(folder=settings.uploads),
        scanner=Clamd(socket_path=Path(settings.clamd_socket)),
        rules=Rules(
            most=settings.upload_mebibytes << 20,
            most_of_project=settings.upload_total_mebibytes << 20,
            approval=settings.upload_approval == "required",
            scan=settings.malware_scan == "required",
        ),
        clock=clock,
        new_id=lambda: f"u{secrets.token_hex(8)}",
    )


def open_treasury(lab: Lab) -> Treasury:
    """Open the treasury of a lab."""
    from datalab.release.treasury import Treasury  # noqa: PLC0415 - loads only where budgets are given

    return Treasury(control=lab.control, release=lab.release, clock=clock)


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def open_engine(settings: Settings) -> Engine[TableRef]:
    """Open what computes answers; Spark or DuckDB start with the first question that needs them.

    Raises:
        SettingsError: if the setting `engine` names none.
    """
    from datalab.engine.choice import ChosenEngine  # noqa: PLC0415 - loads only where questions are answered

    most_rows = {"auto": settings.embedded_rows, "embedded": sys.maxsize, "spark": -1}.get(settings.engine)
    if most_rows is None:
        raise SettingsError(
            "The setting engine names no engine.",
            remedy="Choose auto, embedded or spark in lab.toml or DATALAB_ENGINE.",
        )
    return ChosenEngine(
        embedded=functools.partial(_open_embedded, settings),
        spark=functools.partial(_open_spark, settings),
        most_rows=most_rows,
    )


def _open_embedded(settings: Settings) -> Engine[TableRef]:
    from datalab.engine.embedded.engine import EmbeddedEngine  # noqa: PLC0415 - most commands of the desk need none

    return EmbeddedEngine(scratch=_own_scratch(settings, "embedded"), memory=settings.embedded_memory)


def _open_spark(settings: Settings) -> Engine[TableRef]:
    from datalab.engine.spark.engine import SparkEngine  # noqa: PLC0415 - Spark takes seconds to load
    from datalab.engine.spark.session import open_session  # noqa: PLC0415 - as above

    session = open_session(
        "release",
        scratch=_own_scratch(settings, "spark"),
        master=settings.spark_master,
        memory=settings.spark_memory,
        shuffle_partitions=settings.shuffle_partitions,
    )
    return SparkEngine(session)


def _own_scratch(settings: Settings, name: str) -> Path:
    """Return a folder of the release service's own: the scratch zone is the ingest worker's."""
    folder = settings.home / "release" / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _check_home(settings: Settings) -> None:
    if not (settings.home / "lab.toml").is_file():
        raise SettingsError(
            f"There is no lab in {settings.home}.",
            remedy="Create one with: datalab lab create FOLDER. Or name it with --lab or DATALAB_HOME.",
        )


@functools.cache
def _open(settings: Settings) -> Lab:
    return Lab(
        settings=settings,
        control=open_control(settings.control_database),
        release=open_release(settings.release_database),
    )
