"""A whole lab for acceptance tests: real keys, databases, worker and desk, driven from Python as the commands do."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from datalab.catalogue import ExtractKind
from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import read_contract
from datalab.custody import register_contract
from datalab.errors import NotFoundError
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant, Project
from datalab.privacy.accounts.act import BudgetAct, SignedAct
from datalab.privacy.budget import Budget
from datalab.query.model import Question
from datalab.release.bundle.document import Bundle, verify_bundle
from datalab.release.desk import Desk
from datalab.release.request import RequestState
from datalab.release.signed_act import sign_act
from datalab.settings import read_settings
from datalab.wiring import Lab, office, open_desk, open_treasury
from infra.founding import found_lab
from ingest.custodian.delivery import deliver
from ingest.custodian.seal import seal_extract
from ingest.landing.receipt import Landing, Receipt
from ingest.sealed.agency_key import create_agency_key, read_agency_key
from ingest.sealed.landing_key import public_key_file

OPERATOR, RESEARCHER, REVIEWER = "operator", "rowan", "robin"


@dataclass(kw_only=True)
class WholeLab:
    """A lab in a folder, and the agencies around it."""

    home: Path
    lab: Lab = field(init=False)

    def __post_init__(self) -> None:
        """Found the lab, with an operator, a researcher and a reviewer."""
        self.lab = found_lab(read_settings({"DATALAB_SPARK_MASTER": "local[2]"}, self.home))
        people = {OPERATOR: LabRole.OPERATOR, RESEARCHER: LabRole.RESEARCHER, REVIEWER: LabRole.REVIEWER}
        with self.lab.control.begin() as tx:
            for name, role in people.items():
                person = Person(username=name, full_name=name.title(), roles=frozenset({role}))
                office(tx, OPERATOR).add_person(person)

    def promise(self, contract_file: Path, *, rho: str | None = "4", delta: str = "1e-6") -> Contract:
        """Register a contract, its agency and custodian where they are new, and grant its dataset a budget."""
        contract = read_contract(contract_file)
        custodian = f"custodian_of_{contract.agency}"
        with self.lab.control.begin() as tx:
            try:
                tx.governance.agency(contract.agency)
            except NotFoundError:
                _, public = create_agency_key(self._keys, contract.agency)
                agency = Agency(name=contract.agency, title=contract.agency, signing_key=public.read_text())
                office(tx, OPERATOR).register_agency(agency)
                person = Person(
                    username=custodian,
                    full_name=custodian,
                    roles=frozenset({LabRole.CUSTODIAN}),
                    agency=contract.agency,
                )
                office(tx, OPERATOR).add_person(person)
            register_contract(tx, contract, contract_file.read_text(), custodian=custodian, now=datetime.now(UTC))
        if rho is not None and contract.max_rows_per_unit is not None:
            act = open_treasury(self.lab).draft(contract.dataset, Budget.read(rho, delta))
            open_treasury(self.lab).grant(self._signed(act), actor=custodian)
        return contract

    def deliver(
        self, source: Path, contract: Contract, *, kind: ExtractKind = ExtractKind.FULL, period: tuple[date, date]
    ) -> Receipt:
        """Seal a file as its agency would, send it, and have the lab receive it."""
        sealed = seal_extract(
            source,
            contract=contract,
            kind=kind,
            period_from=period[0],
            period_to=period[1],
            key=read_agency_key(self._keys / f"{contract.agency}.key"),
            landing_key=public_key_file(self.lab.settings).read_text(),
            folder=self.home / "sealed",
            now=datetime.now(UTC),
        )
        deliver(sealed.manifest_file, self.lab.settings.landing / "inbox")
        (receipt,) = Landing(
            settings=self.lab.settings, control=self.lab.control, clock=lambda: datetime.now(UTC)
        ).receive()
        return receipt

    def work(self) -> None:
        """Run the ingest worker, a process of its own, until nothing is left to do."""
        words = ["ingest", "work", "--until-empty", "--lab", str(self.home)]
        done = subprocess.run(
            [sys.executable, "-m", "datalab.cli.main", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def project(self, project: str, uses: dict[str, tuple[str, ...]], *, rho: str = "2", delta: str = "5e-7") -> None:
        """Create a project of the researcher, and have each custodian allocate it a budget."""
        grants = tuple(DatasetGrant(dataset=dataset, columns=columns) for dataset, columns in uses.items())
        with self.lab.control.begin() as tx:
            contracts = [tx.catalogue.contract(dataset) for dataset in uses]
            office(tx, OPERATOR).create_project(
                Project(
                    id=project,
                    title=project,
                    purpose="To learn from real extracts.",
                    members=frozenset({RESEARCHER}),
                    grants=grants,
                    expires_on=min(contract.retention_until for contract in contracts),
                )
            )
        for contract in contracts:
            if contract.max_rows_per_unit is not None:
                custodian = f"custodian_of_{contract.agency}"
                act = open_treasury(self.lab).draft(contract.dataset, Budget.read(rho, delta), project=project)
                open_treasury(self.lab).allocate(self._signed(act), actor=custodian)

    def desk(self) -> Desk:
        """Open the release desk."""
        return open_desk(self.lab)

    def release(self, question: Question, *, project: str) -> Bundle:
        """Take a question through review, and return what its bundle says once its signature held."""
        desk = self.desk()
        request = desk.submit(question, project=project, author=RESEARCHER)
        desk.decide(request.id, reviewer=REVIEWER, verdict=RequestState.APPROVED, reason="Fits the purpose.")
        released = desk.publish(request.id)
        public = (self.lab.settings.public_keys / "release.pub").read_bytes()
        return verify_bundle(desk.outbox.path(released.bundle or ""), public)

    def _signed(self, act: BudgetAct) -> SignedAct:
        return sign_act(act, (self._keys / f"{act.agency}.key").read_bytes())

    @property
    def _keys(self) -> Path:
        return self.home / "agency-keys"
