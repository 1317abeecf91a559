"""Receiving: what agencies put into the inbox becomes an extract with a job, a duplicate, or a refusal; never lost.

A delivery is first claimed by renaming it out of the inbox, where agencies can write, and judged after that. It is
recorded (extract and job in one transaction) when its two halves lie safe. Killed in between, the next receipt finds
the claim and goes on. The same extract twice is one submission: by its name, which is its ciphertext's digest, or by
its content's.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import CatalogueReader, Extract, ExtractKind, ExtractState
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import DatalabError, ExtractError, NotFoundError, UserError
from datalab.settings import Settings
from ingest.durable import CHUNK, holding, sync_folder, write_durably
from ingest.landing.job import ACTOR, new_job
from ingest.landing.raw_extract import RawExtracts, header_length
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.sealed.envelope import CIPHERTEXT, MANIFEST, read_claim, verify_manifest
from ingest.sealed.manifest import MAX_MANIFEST_BYTES, Manifest

_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")


class Outcome(StrEnum):
    """What became of a delivery."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Point(StrEnum):
    """Moments at which a receipt may be cut off; tests kill it at each."""

    CLAIMED = "claimed"
    KEPT = "kept"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the lab says about one delivery."""

    delivery: str
    """Name of the files, without their endings."""
    outcome: Outcome
    extract_id: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The landing zone of a lab, and who may record arrivals."""

    settings: Settings
    control: ControlDatabase
    clock: Callable[[], datetime]
    limits: Limits = DEFAULT_LIMITS
    observe: Callable[[Point], None] = lambda _: None

    def receive(self) -> tuple[Receipt, ...]:
        """Take in everything that lies complete in the inbox, and what an earlier receipt left unfinished."""
        for folder in (self._inbox, self._claimed, self._refused):
            folder.mkdir(parents=True, exist_ok=True)
        with holding(self.settings.landing / ".receiving"):
            left_over = tuple(self._settle_one(stem, fresh=False) for stem in _stems(self._claimed))
            fresh = tuple(self._settle_one(stem, fresh=True) for stem in self._claim())
        return tuple(receipt for receipt in (*left_over, *fresh) if receipt is not None)

    @property
    def _inbox(self) -> Path:
        return self.settings.landing / "inbox"

    @property
    def _claimed(self) -> Path:
        return self.settings.landing / "claimed"

    @property
    def _refused(self) -> Path:
        return self.settings.landing / "refused"

    def _claim(self) -> Iterator[str]:
        """Rename complete deliveries out of the inbox, the manifest last: where it stands, both stand."""
        for stem in sorted(_stems(self._inbox), key=lambda stem: _place_in_time(self._inbox / f"{stem}{MANIFEST}")):
            ciphertext = self._inbox / f"{stem}{CIPHERTEXT}"
            if ciphertext.exists() or ciphertext.is_symlink():
                ciphertext.rename(self._claimed / ciphertext.name)
            elif not (self._claimed / ciphertext.name).exists():
                continue  # the manifest came first; the ciphertext may still be on its way
            (self._inbox / f"{stem}{MANIFEST}").rename(self._claimed / f"{stem}{MANIFEST}")
            sync_folder(self._claimed)
            self.observe(Point.CLAIMED)
            yield stem

    def _settle_one(self, stem: str, *, fresh: bool) -> Receipt | None:
        try:
            manifest, known = self._judge(stem, fresh=fresh)
        except (UserError, OSError) as error:
            return self._refuse(stem, error)
        if known is None:
            self._accept(stem, manifest)
            self._forget(stem)
            return Receipt(delivery=stem, outcome=Outcome.ACCEPTED, extract_id=manifest.extract_id)
        if not fresh and known.id == manifest.extract_id:  # recorded; killed before the claim was removed
            self._forget(stem)
            return None
        self._note(Action.EXTRACT_DUPLICATE, known.id, delivery=stem, state=known.state.value)
        self._forget(stem)
        return Receipt(
            delivery=stem,
            outcome=Outcome.DUPLICATE,
            extract_id=known.id,
            reason=f"It is extract {known.id}, received before.",
        )

    def _judge(self, stem: str, *, fresh: bool) -> tuple[Manifest, Extract | None]:
        """Say what a delivery is, and which extract it repeats."""
        content = _read_plain_file(self._claimed / f"{stem}{MANIFEST}")
        claim = read_claim(content)
        with self.control.read() as transaction:
            manifest = verify_manifest(content, _signing_key(transaction, claim.agency))
            known = _known(transaction.catalogue, manifest)
            if known is not None and not fresh:
                return manifest, known
            _check_promise(transaction.catalogue, manifest)
        self._check_ciphertext(self._claimed / f"{stem}{CIPHERTEXT}", manifest)
        return manifest, known

    def _check_ciphertext(self, path: Path, manifest: Manifest) -> None:
        if not path.exists() or not stat.S_ISREG(path.lstat().st_mode):
            raise ExtractError("The ciphertext is not a plain file.", remedy="Deliver the .age file itself.")
        if manifest.ciphertext_bytes > self.limits.ciphertext:
            raise ExtractError(
                f"The extract is larger than {self.limits.ciphertext:,} bytes.", remedy="Split it into several."
            )
        if path.stat().st_size != manifest.ciphertext_bytes or _sha256(path) != manifest.ciphertext_sha256:
            raise ExtractError(
                "The ciphertext is not the one that the manifest describes.",
                why="It was cut off or changed on its way.",
                remedy="Deliver the same two files again.",
            )
        with path.open("rb") as file:
            header_length(file)

    def _accept(self, stem: str, manifest: Manifest) -> None:
        RawExtracts.of(self.settings).keep(
            manifest.extract_id,
            self._claimed / f"{stem}{CIPHERTEXT}",
            (self._claimed / f"{stem}{MANIFEST}").read_bytes(),
        )
        self.observe(Point.KEPT)
        now = self.clock()
        job = new_job(manifest.extract_id)
        details: dict[str, str | int] = {"agency": manifest.agency, "dataset": manifest.dataset, "rows": manifest.rows}
        with self.control.begin() as transaction:
            transaction.catalogue.add_extract(
                _extract(manifest, now), event=_event(Action.EXTRACT_RECEIVED, manifest.extract_id, now, **details)
            )
            transaction.jobs.enqueue(job, event=_event(Action.JOB_QUEUED, job.id, now))
        self.observe(Point.RECORDED)

    def _refuse(self, stem: str, error: UserError | OSError) -> Receipt:
        """Put a delivery aside with the reason, for its custodian; nothing of it is deleted."""
        reason = str(error) if isinstance(error, DatalabError) else "The files cannot be read."
        places = (self._refused / f"{stem}.{number}" for number in range(1, 1_000_000))
        place = next(place for place in places if not place.exists())
        place.mkdir()
        document = {"delivery": stem, "at": self.clock().isoformat(timespec="seconds"), "reason": reason}
        write_durably(place / "reason.json", json.dumps(document, indent=2).encode())
        self._note(Action.EXTRACT_REFUSED, stem, error=type(error).__name__, folder=place.name)
        for ending in (CIPHERTEXT, MANIFEST):
            part = self._claimed / f"{stem}{ending}"
            if part.exists() or part.is_symlink():
                part.rename(place / part.name)
        sync_folder(place)
        return Receipt(delivery=stem, outcome=Outcome.REFUSED, extract_id=None, reason=reason)

    def _note(self, action: Action, subject: str, **details: str | int) -> None:
        with self.control.begin() as transaction:
            transaction.catalogue.note_extract(event=_event(action, subject, self.clock(), **details))

    def _forget(self, stem: str) -> None:
        for ending in (CIPHERTEXT, MANIFEST):
            (self._claimed / f"{stem}{ending}").unlink(missing_ok=True)
        sync_folder(self._claimed)


def _stems(folder: Path) -> list[str]:
    """List the deliveries that have a manifest in a folder; files of other names are nobody's and stay."""
    names = (path.name.removesuffix(MANIFEST) for path in folder.iterdir() if path.name.endswith(MANIFEST))
    return sorted(name for name in names if _STEM.fullmatch(name))


def _place_in_time(manifest_file: Path) -> tuple[float, str]:
    """Order deliveries as they were sealed, then by period: an increment must not come before what it adds to."""
    try:
        claim = read_claim(_read_plain_file(manifest_file))
    except (UserError, OSError):
        return (float("inf"), manifest_file.name)
    return (claim.sealed_at.timestamp(), claim.period_from.isoformat() + manifest_file.name)


def _read_plain_file(path: Path) -> bytes:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise ExtractError("The manifest is not a plain file.", remedy="Deliver the .manifest.json file itself.")
    with path.open("rb") as file:
        return file.read(MAX_MANIFEST_BYTES + 1)


def _signing_key(transaction: ControlTransaction, agency: str) -> str:
    try:
        return transaction.governance.agency(agency).signing_key
    except NotFoundError:
        raise ExtractError(
            f"No agency called {agency} is registered.", remedy="Have the operator register it and its signing key."
        ) from None


def _check_promise(catalogue: CatalogueReader, manifest: Manifest) -> None:
    """Check that a contract in force covers the extract; raises ExtractError."""
    try:
        contract = catalogue.contract(manifest.dataset)
    except NotFoundError:
        raise ExtractError(
            f"There is no contract for {manifest.dataset}.", remedy="Register the dataset's contract first."
        ) from None
    if contract.agency != manifest.agency:
        raise ExtractError(
            f"{manifest.dataset} is not {manifest.agency}'s dataset.", why=f"Its contract names {contract.agency}."
        )
    if contract.version != manifest.contract_version:
        raise ExtractError(
            f"The extract was sealed under contract {manifest.contract_version}.",
            why=f"Version {contract.version} is in force.",
            remedy="Seal it again under that version.",
        )
    versions = catalogue.versions(manifest.dataset)
    if manifest.kind is ExtractKind.INCREMENTAL and versions and versions[-1].contract_version != contract.version:
        raise ExtractError(
            f"The rows that {manifest.dataset} holds were made under contract {versions[-1].contract_version}.",
            why="Rows made under two contracts do not stand in one version.",
            remedy="Send a full extract first.",
        )


def _known(catalogue: CatalogueReader, manifest: Manifest) -> Extract | None:
    """Return the extract that this one repeats; one that was quarantined may come again, sealed anew."""
    try:
        return catalogue.extract(manifest.extract_id)
    except NotFoundError:
        earlier = catalogue.extract_by_content(manifest.dataset, manifest.content_id)
        live = (ExtractState.RECEIVED, ExtractState.PUBLISHED)
        return earlier if earlier is not None and earlier.state in live else None


def _extract(manifest: Manifest, now: datetime) -> Extract:
    return Extract(
        id=manifest.extract_id,
        agency=manifest.agency,
        dataset=manifest.dataset,
        contract_version=manifest.contract_version,
        kind=manifest.kind,
        period_from=manifest.period_from,
        period_to=manifest.period_to,
        rows=manifest.rows,
        ciphertext_sha256=manifest.ciphertext_sha256,
        content_id=manifest.content_id,
        state=ExtractState.RECEIVED,
        received_at=now,
    )


def _event(action: Action, subject: str, at: datetime, **details: str | int) -> AuditEvent:
    return AuditEvent(action=action, actor=ACTOR, subject=subject, at=at, details=details)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
