"""The journey: found a lab, receive the extracts of four agencies, ask four questions, release their tables.

Every step is a command that a person would type, run as its own process, so that what is shown is what works.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from datalab.cli.options import settings_of
from datalab.errors import InternalError, StateError
from datalab.query.document import question_to_document
from datalab.query.model import Question
from datalab.storage.databases import open_control
from infra.demo.cast import AGENCIES, OPERATOR, PROJECT, RESEARCHER, REVIEWER, SampleAgency
from infra.demo.front_door import close_doors, open_doors
from infra.demo.questions import beats, first_incidents, pupils, suspects
from infra.demo.table import comparison
from infra.demo.truth import read_truth
from infra.hub.launch import check_programs

RHO_GRANTED = "2"
RHO_ALLOCATED = "1"
DELTA_GRANTED, DELTA_ALLOCATED = "1e-7", "1e-8"
"""For questions that find out values which no contract lists."""
WIDTH = 140
"""Columns that the commands' tables may use, where the terminal is narrower or there is none."""
MARK = "demonstration"
"""File that marks a folder as a demonstration's: only such a folder is replaced."""


class Journey:
    """One walk through the lab in `home`."""

    def __init__(self, home: Path, *, people: int, seed: int) -> None:
        self.home = home.resolve()
        self.people = people
        self.seed = seed
        self.out = Console(soft_wrap=True, highlight=False, width=max(Console().width, WIDTH))
        self.started = time.monotonic()

    @property
    def county(self) -> Path:
        """What the four agencies hold on their own machines."""
        return self.home / "agencies"

    @property
    def waiting(self) -> Path:
        """A sealed extract that is left to be delivered in a browser."""
        return self.county / "to_deliver"

    def run(self) -> None:
        """Walk the whole journey and print what came of it."""
        check_programs(settings_of(self.home))  # what the last step needs, before minutes are spent on the others
        self._clear()
        self._title("Four agencies hold a part of the same story")
        self._datalab("sample", "make", "--people", str(self.people), "--seed", str(self.seed), "--out", self.county)
        self._title("A lab is founded")
        self._datalab("lab", "create", self.home)
        (self.home / MARK).touch()
        self._datalab("person", "add", OPERATOR, "--name", "Olu Ferreira", "--role", "operator", lab=True)
        for agency in AGENCIES:
            self._enrol(agency)
        self._people_and_project()
        self._title("Each agency seals its extracts and sends them")
        for agency in AGENCIES:
            self._deliver(agency)
        self._title("The ingest worker checks, de-identifies, links and publishes; raw extracts are destroyed")
        self._datalab("ingest", "work", "--until-empty", lab=True)
        self._datalab("extract", "status", lab=True)
        self._title("What a custodian is told of what redaction misses in one extract")
        self._datalab("extract", "report", self._with_texts(), "--redaction", lab=True)
        self._title("A researcher asks; a reviewer decides; a signed table leaves")
        released = self._ask(pupils()), self._ask(suspects())
        self._title("Absence in the term before a first incident; and beats, which no contract lists")
        self._ask(first_incidents())
        self._submit(beats())
        self._title("The released table beside the truth it estimates")
        key = (self.home / "keys" / "public" / "release.pub").read_bytes()
        self.out.print(comparison(read_truth(self.county), *released, public_key=key))
        self._title("What is left of the budget, and whether the records hold")
        self._datalab("budget", "show", lab=True)
        self._datalab("audit", "verify", lab=True)
        self._where()
        self._title("The lab is open")
        with self.out.status("opening"):
            said = open_doors(self.home, waiting=self.waiting)
        self.out.print(said, markup=False)

    def _clear(self) -> None:
        if self.home.exists() and any(self.home.iterdir()):
            if not (self.home / MARK).exists():
                raise StateError(
                    f"{self.home} is not empty and is not an older demonstration.", remedy="Choose another folder."
                )
            close_doors(self.home)
            shutil.rmtree(self.home)

    def _enrol(self, agency: SampleAgency) -> None:
        keys = self.county / "keys"
        self._datalab("extract", "keygen", agency.name, "--out", keys)
        public = keys / f"{agency.name}.pub"
        self._datalab("agency", "register", agency.name, "--title", agency.title, "--key", public, lab=True)
        name, acts_for = ("--name", agency.custodian_name), ("--agency", agency.name)
        self._datalab("person", "add", agency.custodian, *name, "--role", "custodian", *acts_for, lab=True)
        for dataset in agency.datasets:
            contract = self.county / "contracts" / f"{dataset}.yaml"
            self._datalab("contract", "register", contract, "--as", agency.custodian, lab=True)
        act = ("--rho", RHO_GRANTED, "--delta", DELTA_GRANTED, "--signing-key", keys / f"{agency.name}.key")
        self._datalab("budget", "grant", agency.dataset, *act, "--as", agency.custodian, lab=True)

    def _people_and_project(self) -> None:
        self._datalab("person", "add", RESEARCHER, "--name", "Rowan Achebe", "--role", "researcher", lab=True)
        self._datalab("person", "add", REVIEWER, "--name", "Robin Katz", "--role", "reviewer", lab=True)
        uses = [
            f"--use={dataset}:{','.join(columns)}"
            for agency in AGENCIES
            for dataset, columns in agency.datasets.items()
        ]
        purpose = "Does absence from school go before antisocial behaviour, so that help can come earlier?"
        about = ("--title", "Early help", "--purpose", purpose, "--until", "2028-12-31", "--member", RESEARCHER)
        self._datalab("project", "create", PROJECT, *about, *uses, lab=True)
        for agency in AGENCIES:
            amount = ("--rho", RHO_ALLOCATED, "--delta", DELTA_ALLOCATED)
            act = (*amount, "--signing-key", self.county / "keys" / f"{agency.name}.key")
            self._datalab("budget", "allocate", PROJECT, agency.dataset, *act, "--as", agency.custodian, lab=True)

    def _deliver(self, agency: SampleAgency) -> None:
        sealed = self.county / "sealed"
        for dataset in agency.datasets:
            for extract in sorted(self.county.glob(f"{dataset}-*")):
                full = extract.name.startswith(f"{dataset}-2023")
                period = ("2023-01-01", "2023-12-31") if full else ("2024-01-01", "2024-03-31")
                self._datalab(
                    *("extract", "seal", extract),
                    *("--contract", self.county / "contracts" / f"{dataset}.yaml"),
                    *("--signing-key", self.county / "keys" / f"{agency.name}.key"),
                    *("--lab-key", self.home / "keys" / "public" / "landing.pub"),
                    *("--from", period[0], "--to", period[1], "--kind", "full" if full else "incremental"),
                    *("--out", sealed),
                )
        sent = sorted(sealed.glob("*.manifest.json"))
        if agency is AGENCIES[-1]:
            self._keep(sent.pop())
        self._datalab("extract", "send", *sent, lab=True)
        shutil.rmtree(sealed)

    def _keep(self, manifest: Path) -> None:
        """Leave a sealed extract where its custodian finds it, to deliver it in a browser."""
        self.waiting.mkdir()
        for file in manifest.parent.glob(manifest.name.replace(".manifest.json", "*")):
            file.rename(self.waiting / file.name)

    def _with_texts(self) -> str:
        """Return the first extract of the police, whose reports are redacted free text."""
        with open_control(settings_of(self.home).control_database).read() as transaction:
            return next(
                extract.id
                for extract in transaction.catalogue.extracts()
                if extract.dataset == AGENCIES[0].dataset and transaction.catalogue.extract_report(extract.id)
            )

    def _ask(self, question: Question) -> Path:
        """Take one question from its description to its bundle, and return the bundle."""
        request = self._submit(question)
        self._datalab("request", "show", request, "--as", REVIEWER, lab=True)
        reason = ("--reason", "Public categories, cost within the allocation, purpose fits.")
        said = self._datalab("request", "decide", request, "--approve", *reason, "--as", REVIEWER, lab=True)
        bundle = next(Path(line.removeprefix("Bundle: ")) for line in said.splitlines() if line.startswith("Bundle: "))
        self._datalab("release", "verify", bundle, lab=True)
        return bundle

    def _submit(self, question: Question) -> str:
        """Take one question from its description to the reviewer's queue, and return its request."""
        file = self.home / "questions" / f"{question.title.replace(' ', '-').lower()}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(question_to_document(question), indent=1))
        asker = ("--project", PROJECT, "--as", RESEARCHER)
        self._datalab("request", "preview", file, *asker, lab=True)
        said = self._datalab("request", "submit", file, *asker, lab=True)
        return said.split()[1]

    def _where(self) -> None:
        self._title(f"Done in {time.monotonic() - self.started:.0f} s. Where each thing lies")
        for what, where in (
            ("sealed extracts, destroyed after publication", "zones/landing"),
            ("dataset versions", "zones/research"),
            ("the spine (ingest worker only)", "zones/linkage"),
            ("the project's own view", f"zones/views/{PROJECT}"),
            ("the questions", "questions"),
            ("signed bundles: the only way out", "outbox"),
            ("ledger, requests, audit log", "release/release.sqlite"),
            ("catalogue, people, jobs, audit log", "control/control.sqlite"),
        ):
            self.out.print(f"  {what:<46} {self.home / where}")

    def _title(self, text: str) -> None:
        self.out.print(f"\n[bold]== {text}[/bold]")

    def _datalab(self, *arguments: str | Path, lab: bool = False) -> str:
        """Run one `datalab` command, show it and what it prints, and return that."""
        words = [*map(str, arguments), *(["--lab", str(self.home)] if lab else [])]
        self.out.print(f"$ datalab {' '.join(words)}", style="cyan", markup=False)
        with self.out.status(f"{words[0]} {words[1]}"):
            done = subprocess.run(  # noqa: S603 - our own command, with words of our own
                [sys.executable, "-m", "datalab.cli.main", *words],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "COLUMNS": str(max(self.out.width, WIDTH))},
            )
        self.out.print(done.stdout.rstrip(), markup=False)
        if done.returncode:
            self.out.print(done.stderr.rstrip(), style="red", markup=False)
            raise InternalError(f"`datalab {words[0]} {words[1]}` failed in the demonstration.")
        return done.stdout


def run(home: Path, *, people: int, seed: int) -> None:
    """Walk the whole journey in a folder.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine.
        StateError: if the folder holds something else than an older demonstration.
        InternalError: if a step fails.
    """
    Journey(home, people=people, seed=seed).run()
