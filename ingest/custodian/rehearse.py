"""Rehearsal: the whole ingest on the custodian's own machine, with throw-away keys, and the report they would get."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import ExtractKind
from datalab.contract.odcs.contract_file import parse_contract
from datalab.contract.odcs.writing import write_contract
from datalab.governance.people import Agency
from datalab.runner import Watcher
from datalab.settings import Settings
from datalab.storage.databases import create_control, open_control
from ingest.custodian.delivery import deliver
from ingest.custodian.seal import seal_extract
from ingest.landing.receipt import Landing, Outcome
from ingest.reporting.report import Verdict
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.landing_key import public_key_file
from ingest.worker.worker import Observer, create_ingest, open_worker, utc_now


def rehearse(
    source: Path,
    *,
    contract_text: str,
    kind: ExtractKind,
    period_from: date,
    period_to: date,
    settings: Settings,
    folder: Path | None = None,
    clock: Callable[[], datetime] = utc_now,
    observer: Observer | None = None,
    watcher: Watcher | None = None,
) -> Mapping[str, Any]:
    """Run an extract through a lab that exists for this call only.

    Args:
        source: the custodian's file.
        contract_text: YAML of the dataset's contract.
        kind: full or incremental; nothing came before, so both give one version.
        period_from: first day that the rows are about.
        period_to: last day.
        settings: how to run Spark; the home is another one.
        folder: where the temporary lab goes; by default the system's folder for temporary files.
        clock: the time.
        observer: told of every step.
        watcher: told how far a long step is.

    Returns:
        The report; `ingest.reporting.report.extract_report` says what is in it.

    Raises:
        ContractError: if the contract is none.
        UnreadableExtractError: if the file is not the contract's rows.
    """
    contract = parse_contract(contract_text, "the contract")
    if any(column.review_texts for column in contract.columns):  # a rehearsal comes before the reading
        asked_less = tuple(replace(column, review_texts=0) for column in contract.columns)
        contract_text = write_contract(replace(contract, columns=asked_less))
    with tempfile.TemporaryDirectory(prefix="datalab-rehearsal-", dir=folder) as place:
        home = Path(place)
        lab = replace(settings, home=home, control_url="", release_url="")
        private, public = create_agency_key(home / "agency", contract.agency)
        create_throw_away_lab(lab, contract_text, contract.agency, public.read_text(), clock=clock)
        sealed = seal_extract(
            source,
            contract=contract,
            kind=kind,
            period_from=period_from,
            period_to=period_to,
            key=read_agency_key(private),
            landing_key=public_key_file(lab).read_text(),
            folder=home / "sealed",
            now=clock(),
        )
        deliver(sealed.manifest_file, lab.landing / "inbox")
        control = open_control(lab.control_database)
        (receipt,) = Landing(settings=lab, control=control, clock=clock).receive()
        if receipt.outcome is not Outcome.ACCEPTED or receipt.extract_id is None:
            return {"verdict": Verdict.REFUSED.value, "reasons": [receipt.reason]}
        with open_worker(lab, clock=clock, observer=observer, watcher=watcher) as worker:
            worker.run_until_empty()
        with control.read() as transaction:
            report = transaction.catalogue.extract_report(receipt.extract_id)
        return report or {"verdict": "failed", "reasons": ["The rehearsal itself failed; this is a fault of the lab."]}


def create_throw_away_lab(
    settings: Settings, contract_text: str, agency: str, signing_key: str, *, clock: Callable[[], datetime]
) -> None:
    """Create as much of a lab as ingest needs, with one agency and one contract."""
    for folder in (settings.landing / "inbox", settings.home / "control"):
        folder.mkdir(parents=True)
    create_control(settings.control_database)
    create_ingest(settings)
    contract = parse_contract(contract_text, "the contract")
    with open_control(settings.control_database).begin() as transaction:

        def event(action: Action, subject: str) -> AuditEvent:
            return AuditEvent(action=action, actor="rehearsal", subject=subject, at=clock())

        transaction.governance.add_agency(
            Agency(name=agency, title=agency, signing_key=signing_key), event=event(Action.AGENCY_REGISTERED, agency)
        )
        transaction.catalogue.add_contract(
            contract, contract_text, event=event(Action.CONTRACT_REGISTERED, contract.dataset)
        )
