"""The inbound story of one extract, as durable steps (`STEPS`).

A step does its work first, where nobody looks (scratch, or a folder with this attempt's own name), and then records
it in one transaction; killed before that, it is done again. Whatever a step needs from an earlier one's scratch is
made again if it is gone (`ingest.spark.tables`); of redaction, those parts alone that were not done. An extract that
cannot be read is refused, one that breaks its contract is quarantined: the report is recorded with that state, the
steps between are passed over, and the raw extract is shredded like a published one. The agency still has the original,
and the lab keeps nothing that it cannot use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage

from anonymise.keys.keyring import KeyRing
from anonymise.spark.disclosure import assess
from anonymise.spark.parts import part_count
from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import Extract, ExtractState
from datalab.contract.model import Contract
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import DatalabError, ExtractError, InternalError
from datalab.runner import JobContext, Step, StepOutcome
from datalab.settings import Settings
from ingest.landing.job import ACTOR, attempt_number
from ingest.landing.raw_extract import RawExtracts
from ingest.limits import Limits
from ingest.reporting.checks import CheckResult, fit_results, held, owned_results, shared_results
from ingest.reporting.faults import UnreadableExtractError
from ingest.reporting.missed import missed_results, read_results
from ingest.reporting.report import Finding, Verdict, extract_report, verdict_of
from ingest.sealed.parts import SealedParts
from ingest.spark.scan import scan
from ingest.spark.session import IngestSession
from ingest.spark.tables import JobTables
from ingest.spark.treating import Treater
from ingest.worker.publication import Publisher
from ingest.worker.scratch import WorkerScratch
from ingest.worker.views import ViewBuilder

STEPS = ("receive", "decrypt", "check", "de-identify", "quality", "link", "publish", "views", "shred")
"""Names of the steps, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a step works on."""

    context: JobContext
    extract: Extract
    contract: Contract

    @property
    def results(self) -> Mapping[str, Any]:
        """What earlier steps returned."""
        return self.context.job.results

    @property
    def tag(self) -> str:
        """Ends the names of folders that this attempt writes: no other attempt, of any worker, has the same."""
        return f"{self.extract.id[-8:]}-{attempt_number(self.context.job)}"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Everything that the steps need, opened once a worker."""

    settings: Settings
    control: ControlDatabase
    raw: RawExtracts
    identity: pyrage.x25519.Identity = field(repr=False)
    keys: KeyRing = field(repr=False)
    session: IngestSession = field(repr=False)
    scratch: WorkerScratch
    clock: Callable[[], datetime]
    limits: Limits

    def steps(self) -> tuple[Step, ...]:
        """Return the steps in order."""
        work = (
            self._receive,
            self._decrypt,
            self._check,
            self._de_identify,
            self._quality,
            self._link,
            self._publish,
            self._views,
        )
        named = zip(STEPS, work, strict=False)
        return (
            *(Step(name=name, run=self._guarded(name, run)) for name, run in named),
            Step(name="shred", run=self._shred),
        )

    def _receive(self, work: Work) -> StepOutcome:
        if self.raw.digest(work.extract.id) != work.extract.ciphertext_sha256:
            raise ExtractError(
                "The extract in the landing zone is not the one that was received.",
                why="It was damaged or changed since.",
                remedy="Seal and deliver it again.",
            )
        marks = self.raw.manifest(work.extract.id).marks
        details = {"review": marks.report() if marks is not None else {}}
        results = read_results(work.contract, marks, text_model=self.settings.spacy_model)
        return self._judged(work, "receive", results, details)

    def _decrypt(self, work: Work) -> StepOutcome:
        size = self._tables(work).plaintext().stat().st_size
        return self._go_on(work, "decrypt", Finding(details={"bytes": size}))

    def _check(self, work: Work) -> StepOutcome:
        from ingest.spark.quality import check_received  # noqa: PLC0415 - Great Expectations takes ten seconds to import

        tables = self._tables(work)
        rows = tables.count_rows()
        return self._judged(work, "check", check_received(tables.typed(), work.contract), {"rows": rows})

    def _de_identify(self, work: Work) -> StepOutcome:
        treated = self._tables(work).treated()
        return self._go_on(work, "de-identify", Finding(details={"treatment": treated.report}))

    def _quality(self, work: Work) -> StepOutcome:
        from ingest.spark.quality import check_treated  # noqa: PLC0415 - Great Expectations takes ten seconds to import

        treated = self._tables(work).treated()
        assessed = assess(treated.rows, work.contract)
        results = (
            *owned_results(work.contract, treated.tally),
            *check_treated(treated.rows, work.contract),
            *fit_results(work.contract, treated.tally.columns),
            *missed_results(work.contract, treated.tally.columns),
            *scan(treated.rows, work.contract),
            *(shared_results(work.contract, assessed.measured.classes) if assessed is not None else ()),
        )
        rows = treated.tally.rows - treated.tally.without_unit
        found = {"rows": rows, "risk": dict(assessed.report) if assessed else {}}
        return self._judged(work, "quality", results, found)

    def _link(self, work: Work) -> StepOutcome:
        publisher = self._publisher()
        generation = publisher.link(work.contract, self._tables(work), tag=work.tag)
        if generation is None:
            return self._go_on(work, "link", Finding())
        finding = Finding(details={"generation": generation.number, "linkage": dict(generation.report)})
        return self._go_on(work, "link", finding, lambda tx: publisher.record_generation(tx, generation))

    def _publish(self, work: Work) -> StepOutcome:
        publisher = self._publisher()
        report = extract_report(work.extract, work.contract, work.results)
        version = publisher.write_version(work.extract, work.contract, self._tables(work), report=report, tag=work.tag)
        finding = Finding(details={"version": version.number, "rows": version.rows})
        return self._go_on(work, "publish", finding, lambda tx: publisher.record_version(tx, version, work.extract.id))

    def _views(self, work: Work) -> StepOutcome:
        builder = ViewBuilder(
            settings=self.settings, control=self.control, keys=self.keys, session=self.session, clock=self.clock
        )
        views = []
        for project in builder.lacking(work.extract.dataset):
            work.context.check_held()
            views.append(builder.build(project, work.extract.dataset, tag=work.tag))

        def commit(transaction: ControlTransaction) -> None:
            for view in views:
                builder.record(transaction, view)

        return self._go_on(work, "views", Finding(details={"projects": [view.project for view in views]}), commit)

    def _shred(self, context: JobContext) -> StepOutcome:
        """Destroy the raw extract, and settle it if no step before did."""
        work = self._work(context)
        self.raw.shred(work.extract.id)
        event = self._event(Action.EXTRACT_SHREDDED, work.extract.id)

        def commit(transaction: ControlTransaction) -> None:
            if verdict_of(work.results) is Verdict.GOOD:
                report = extract_report(work.extract, work.contract, work.results)
                transaction.catalogue.settle_extract(work.extract.id, ExtractState.PUBLISHED, report, event=event)
            else:
                transaction.catalogue.note_extract(event=event)

        return self._go_on(work, "shred", Finding(), commit)

    def _guarded(self, name: str, run: Callable[[Work], StepOutcome]) -> Callable[[JobContext], StepOutcome]:
        """Wrap a step: passed over once an extract is refused or held; errors stripped of what they may quote."""

        def guarded(context: JobContext) -> StepOutcome:
            work = self._work(context)
            if verdict_of(work.results) is not Verdict.GOOD:
                return self._go_on(work, name, Finding(details={"passed_over": True}))
            try:
                return run(work)
            except ExtractError as error:
                faults = error.faults if isinstance(error, UnreadableExtractError) else ()
                details = {"faults": [fault.document() for fault in faults]}
                return self._stop(work, name, Finding(verdict=Verdict.REFUSED, reason=str(error), details=details))
            except DatalabError:
                raise
            except SystemExit:
                # PySpark takes `python -c` for a doctest when Great Expectations loads, and ends the process as if all
                # were well.
                raise InternalError(
                    f"The step `{name}` tried to end the process; run the worker from a file."
                ) from None
            except Exception as error:  # noqa: BLE001 - Spark's and Arrow's errors quote cells: no text of theirs goes on
                raise InternalError(f"The step `{name}` failed with {type(error).__name__}.") from None

        return guarded

    def _judged(self, work: Work, name: str, results: tuple[CheckResult, ...], found: Mapping[str, Any]) -> StepOutcome:
        details = {**found, "checks": [result.document() for result in results]}
        if not held(results):
            return self._go_on(work, name, Finding(details=details))
        broken = [result for result in results if result.holds_extract]
        listed = "; ".join(map(str, broken))
        reason = f"The extract breaks its contract: {listed}. Correct the rows or the contract, and send it again."
        return self._stop(work, name, Finding(verdict=Verdict.QUARANTINED, reason=reason, details=details))

    def _stop(self, work: Work, name: str, finding: Finding) -> StepOutcome:
        """Record that an extract goes no further."""
        states = {
            Verdict.REFUSED: (ExtractState.REFUSED, Action.EXTRACT_REFUSED),
            Verdict.QUARANTINED: (ExtractState.QUARANTINED, Action.EXTRACT_QUARANTINED),
        }
        state, action = states[finding.verdict]
        report = extract_report(work.extract, work.contract, {**work.results, name: finding.document()})
        event = self._event(action, work.extract.id, step=name)

        def commit(transaction: ControlTransaction) -> None:
            transaction.catalogue.settle_extract(work.extract.id, state, report, event=event)

        return self._go_on(work, name, finding, commit)

    def _go_on(
        self, work: Work, name: str, finding: Finding, commit: Callable[[ControlTransaction], None] | None = None
    ) -> StepOutcome:
        stands = verdict_of({**work.results, name: finding.document()})
        event = self._event(Action.JOB_STEP_DONE, work.context.job.id, step=name, verdict=stands.value)
        return StepOutcome(result=finding.document(), event=event, commit=commit)

    def _work(self, context: JobContext) -> Work:
        with context.database.read() as transaction:
            extract = transaction.catalogue.extract(context.job.subject)
            contract = transaction.catalogue.contract(extract.dataset, extract.contract_version)
        return Work(context=context, extract=extract, contract=contract)

    def _tables(self, work: Work) -> JobTables:
        def decrypt(target: Path) -> None:
            self.raw.decrypt(work.extract.id, self.identity, target)

        extract_id = work.extract.id
        treater = Treater.of(work.contract, self.keys, extract_id=extract_id, spacy_model=self.settings.spacy_model)

        def parts() -> SealedParts:
            return SealedParts.open(
                self.raw.parts(extract_id),
                stated=treater.version(work.extract.ciphertext_sha256),
                count=part_count(work.extract.rows),
                key=self.raw.parts_key(extract_id, self.keys.key("parts/treated")),
            )

        return JobTables(
            session=self.session,
            folder=self.scratch.job(work.context.job.id),
            contract=work.contract,
            file_format=self.raw.manifest(extract_id).file_format,
            decrypt=decrypt,
            treater=treater,
            parts=parts,
            report=work.context.report,
            rows=work.extract.rows,
            limits=self.limits,
        )

    def _publisher(self) -> Publisher:
        return Publisher(settings=self.settings, control=self.control, session=self.session, clock=self.clock)

    def _event(self, action: Action, subject: str, **details: str | int) -> AuditEvent:
        return AuditEvent(action=action, actor=ACTOR, subject=subject, at=self.clock(), details=details)
