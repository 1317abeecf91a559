"""The commands of people, budgets, requests and releases, as they are typed."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from desk_lab import PEM, PRIVATE_PEM, contract, public_question, publish_version, question
from pyspark.sql import SparkSession
from typer.testing import CliRunner, Result

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import ProjectView
from datalab.cli import agency, audit, budget, person, project, release, request
from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.errors import DatalabError, GovernanceError, IntegrityError, PermissionDeniedError, QueryError, StateError
from datalab.privacy.accounts.act import write_signed_act
from datalab.privacy.budget import Budget
from datalab.query.document import question_to_document
from datalab.query.model import ColumnRef, CountRows, Mean, Ratio, Sum, Table
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.signed_act import sign_act
from datalab.settings import read_settings
from datalab.storage.engine import open_engine, write_transaction
from datalab.wiring import clock, create_lab, open_lab, open_treasury

GROUPS = {
    "agency": agency,
    "audit": audit,
    "budget": budget,
    "person": person,
    "project": project,
    "release": release,
    "request": request,
}
MINUTES = Mean(column=ColumnRef(name="minutes"), name="minutes_mean")
WIDE = {"COLUMNS": "250", "TERM": "dumb"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A lab that was founded and has nobody in it yet."""
    home = tmp_path / "lab"
    settings = read_settings({}, home)
    create_lab(settings)
    ReleaseKey.create(settings.release_keys, settings.public_keys)
    return home


def datalab(home: Path, *words: str, stdin: str | None = None) -> str:
    """Type one command and return what it printed; its error is raised."""
    app = typer.Typer()
    for name, module in GROUPS.items():
        app.add_typer(module.app, name=name)
    result: Result = CliRunner().invoke(app, [*words, "--lab", str(home)], input=stdin, env=WIDE)
    if isinstance(result.exception, DatalabError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def settle(home: Path) -> None:
    """Bring in people, an agency, two datasets with views, a project, and budget."""
    datalab(home, "person", "add", "operator", "--name", "Olu", "--role", "operator")
    (home / "police.pub").write_text(PEM)
    datalab(home, "agency", "register", "police", "--title", "Police", "--key", str(home / "police.pub"))
    datalab(home, "person", "add", "cas", "--name", "Cas", "--role", "custodian", "--agency", "police")
    datalab(home, "person", "add", "ann", "--name", "Ann", "--role", "researcher")
    datalab(home, "person", "add", "rev", "--name", "Rev", "--role", "reviewer")
    opened = open_lab(read_settings(os.environ, home))
    with opened.control.begin() as tx:
        for dataset, unit in (("incidents", PrivacyUnit.PERSON), ("areas", PrivacyUnit.PUBLIC)):
            made = contract(dataset, unit)
            event = AuditEvent(action=Action.CONTRACT_REGISTERED, actor="cas", subject=dataset, at=clock())
            tx.catalogue.add_contract(made, write_contract(made), event=event)
            publish_version(tx, dataset, 1)
    uses = ("--use", "incidents:area,minutes", "--use", "areas:area")
    about = ("--title", "Safer", "--purpose", "Help", "--member", "ann", "--until", "2030-12-31")
    datalab(home, "project", "create", "safer", *about, *uses)
    with opened.control.begin() as tx:
        for dataset, columns in (("incidents", ("area", "minutes")), ("areas", ("area",))):
            view = ProjectView(
                project="safer",
                dataset=dataset,
                version=1,
                columns=columns,
                rows=4,
                path=f"safer/{dataset}/v0001",
                buckets=0,
                key_version="project/safer/v1",
                published_at=clock(),
            )
            about = f"safer/{dataset}"
            event = AuditEvent(action=Action.VIEW_PUBLISHED, actor="service:ingest", subject=about, at=clock())
            tx.catalogue.add_view(view, event=event)
    key = home / "police.key"
    key.write_bytes(PRIVATE_PEM)
    act = ("--signing-key", str(key), "--as", "cas")
    datalab(home, "budget", "grant", "incidents", "--rho", "2", "--delta", "1e-6", *act)
    datalab(home, "budget", "allocate", "safer", "incidents", "--rho", "1/2", "--delta", "1e-7", *act)


def test_people_projects_and_budgets_are_shown_as_they_were_entered(home: Path) -> None:
    """What was typed in is what the lists say."""
    settle(home)

    assert "custodian" in datalab(home, "person", "list")
    assert "cas" in datalab(home, "agency", "list")
    shown = datalab(home, "project", "show", "safer")
    assert "area, minutes" in shown
    assert "2030-12-31" in shown
    datalab(home, "project", "extend", "safer", "--until", "2030-12-30")
    assert "2030-12-30" in datalab(home, "project", "show", "safer")
    budgets = [line.replace("│", " ").split() for line in datalab(home, "budget", "show").splitlines()]
    (place,) = [place for place, line in enumerate(budgets) if line[:1] == ["project/safer/incidents"]]
    assert budgets[place][1:5] == ["rho", "0.5", "0", "0.5"]
    assert budgets[place][-3:] == ["at", "delta", "1.1e-06"]
    assert budgets[place + 1] == ["delta", "1e-7", "0", "1e-7"]


@pytest.mark.parametrize("width", ["60", "80"])
def test_no_figure_of_a_budget_is_cut(home: Path, width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow terminal and long names leave every digit of a budget where it is."""
    settle(home)
    key = ("--signing-key", str(home / "police.key"), "--as", "cas")
    datalab(home, "budget", "grant", "incidents", "--rho", "123456.123456789", "--delta", "1.234567890123e-5", *key)
    monkeypatch.setitem(WIDE, "COLUMNS", width)
    shown = datalab(home, "budget", "show")

    assert "123458.123456789" in shown
    assert "1.334567890123e-5" in shown


def test_an_act_is_signed_elsewhere_and_used_once(home: Path, tmp_path: Path) -> None:
    """What a custodian signed without a lab is granted, and neither the same act nor a changed one is again."""
    settle(home)
    file = tmp_path / "act.json"
    key = str(home / "police.key")
    words = ["budget", "sign", "incidents", "--agency", "police", "--rho", "1/4", "--signing-key", key]
    app = typer.Typer()
    app.add_typer(budget.app, name="budget")
    signed = CliRunner().invoke(app, [*words, "--project", "safer", "--member", "ann", "--out", str(file)], env=WIDE)
    assert signed.exit_code == 0, signed.output
    assert "rho 0.25, delta 0 for member/safer/ann/incidents" in signed.output

    with pytest.raises(GovernanceError, match="says all"):
        datalab(home, "budget", "allocate", str(file), "--rho", "1", "--as", "cas")
    with pytest.raises(GovernanceError, match="gives a share"):
        datalab(home, "budget", "grant", str(file), "--as", "cas")
    changed = tmp_path / "changed.json"
    changed.write_text(file.read_text().replace('"rho":"0.25"', '"rho":"0.35"'))
    with pytest.raises(IntegrityError, match="not signed by police"):
        datalab(home, "budget", "allocate", str(changed), "--as", "cas")
    assert "granted rho 0.25" in datalab(home, "budget", "allocate", str(file), "--as", "cas")
    with pytest.raises(StateError, match="used already"):
        datalab(home, "budget", "allocate", str(file), "--as", "cas")
    assert "budget acts: 3, each signed" in datalab(home, "audit", "verify")


def test_a_grant_that_no_custodian_signed_is_found(home: Path) -> None:
    """Who holds the release database can raise an account, with act and log in agreement; the audit finds it."""
    settle(home)
    assert "budget acts: 2, each signed" in datalab(home, "audit", "verify")
    opened = open_lab(read_settings(os.environ, home))
    act = open_treasury(opened).draft("incidents", Budget(5))
    own_key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = sign_act(act, own_key)
    details = {"nano_rho": 5, "atto_delta": 0, "act": signed.digest}
    told = AuditEvent(
        action=Action.BUDGET_GRANTED, actor="cas", subject="dataset/incidents", at=clock(), details=details
    )
    with opened.release.begin() as tx:
        tx.ledger.grant(signed, event=told)

    with pytest.raises(IntegrityError, match="dataset/incidents is not signed by police"):
        datalab(home, "audit", "verify")


def test_a_changed_signature_is_found(home: Path) -> None:
    """The audit checks each signature, and not only that there is one."""
    settle(home)
    with write_transaction(open_engine(read_settings(os.environ, home).release_database)) as connection:
        connection.exec_driver_sql("UPDATE budget_act SET signature = (SELECT max(signature) FROM budget_act)")

    with pytest.raises(IntegrityError, match="is not signed by police"):
        datalab(home, "audit", "verify")


@pytest.mark.parametrize("words", [("grant", "incidents"), ("allocate", "safer", "incidents")])
def test_a_large_delta_is_not_given_by_mistake(home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Neither signed here nor signed elsewhere, unless it is said that so much is meant."""
    settle(home)
    datalab(home, "budget", "grant", "incidents", "--rho", "1", "--delta", "1/2", "--allow-large-delta", *_key(home))
    stated = ("budget", *words, "--rho", "1/9", "--delta", "0.01")
    with pytest.raises(GovernanceError, match="allow-large-delta"):
        datalab(home, *stated, *_key(home))
    with pytest.raises(GovernanceError, match="a hundredth of one in 2,000"):
        datalab(home, *stated, "--units", "2000", *_key(home))

    lab = open_treasury(open_lab(read_settings(os.environ, home)))
    act = lab.draft("incidents", Budget(1, 10**16), project="safer" if words[0] == "allocate" else None)
    file = tmp_path / "act.json"
    file.write_text(write_signed_act(sign_act(act, PRIVATE_PEM)))
    with pytest.raises(GovernanceError, match="allow-large-delta"):
        datalab(home, "budget", words[0], str(file), "--as", "cas")
    assert "granted" in datalab(home, "budget", words[0], str(file), "--allow-large-delta", "--as", "cas")


def _key(home: Path) -> tuple[str, ...]:
    return ("--signing-key", str(home / "police.key"), "--as", "cas")


def test_recomputing_reads_every_charge(home: Path) -> None:
    """A lab that was asked nothing has nothing to compute again, and says so."""
    settle(home)
    assert ": none." in datalab(home, "budget", "recompute")


@pytest.mark.parametrize(
    "words",
    [
        ("grant", "incidents", "--rho", "2"),
        ("grant", "absent.json"),
        ("allocate", "safer", "incidents", "--rho", "1"),
        ("allocate", "safer"),
    ],
)
def test_nothing_is_given_without_an_act(home: Path, words: tuple[str, ...]) -> None:
    """A grant without a key to sign it, and a file that is not there, are refused with the way to do it."""
    settle(home)
    with pytest.raises(GovernanceError):
        datalab(home, "budget", *words, "--as", "cas")
    assert "budget acts: 2," in datalab(home, "audit", "verify")


def test_a_question_is_looked_at_before_it_is_paid_for(home: Path) -> None:
    """Check, explain and preview read the question from a file or standard input, and spend nothing."""
    settle(home)
    text = json.dumps(question_to_document(question(30)))
    asker = ("--project", "safer", "--as", "ann")

    assert "can be answered" in datalab(home, "request", "check", "-", *asker, stdin=text)
    assert "minutes is at least 30" in datalab(home, "request", "explain", "-", *asker, stdin=text)
    shown = datalab(home, "request", "preview", "-", *asker, stdin=text)
    assert "2 cells" in shown
    assert "With 12 rows a unit and a cell" in " ".join(re.sub("[│┃]", " ", shown).split())
    average = question_to_document(replace(question(30), query=replace(question(30).query, measures=(MINUTES,))))
    sized = datalab(home, "request", "preview", "-", *asker, "--group-size", "400", stdin=json.dumps(average))
    assert sized.count("in groups of") == sized.count("in groups of 400") == 1
    with open_lab(read_settings(os.environ, home)).release.read() as tx:
        assert {account.spent.nano_rho for account in tx.ledger.accounts()} == {0}
    with pytest.raises(PermissionDeniedError):
        datalab(home, "request", "check", "-", "--project", "safer", "--as", "rev", stdin=text)


@pytest.mark.spark
def test_a_question_goes_all_the_way_as_it_is_typed(home: Path, spark: SparkSession) -> None:
    """Submitted, shown, decided, published and verified, by commands alone."""
    import pyarrow as pa  # noqa: PLC0415 - only here
    import pyarrow.parquet as pq  # noqa: PLC0415 - only here

    settle(home)
    folder = home / "zones" / "views" / "safer" / "areas" / "v0001"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"area": pa.array(["north", "north", "north", "south"])}), folder / "part.parquet")
    file = home / "question.json"
    file.write_text(json.dumps(question_to_document(public_question())))

    said = datalab(home, "request", "submit", str(file), "--project", "safer", "--as", "ann")
    identifier = said.split()[1]
    assert "answered" in said
    assert "north" not in datalab(home, "request", "show", identifier, "--as", "ann")
    assert "north" in datalab(home, "request", "show", identifier, "--as", "rev")
    assert identifier in datalab(home, "request", "list", "--as", "rev", "--state", "answered")
    decide = ("request", "decide", identifier, "--as", "rev", "--reason", "Public data.")
    with pytest.raises(GovernanceError):
        datalab(home, *decide)
    with pytest.raises(GovernanceError):
        datalab(home, *decide, "--approve", "--reject")
    said = datalab(home, *decide, "--approve")
    bundle = next(line.removeprefix("Bundle: ") for line in said.splitlines() if line.startswith("Bundle: "))
    assert "north" in datalab(home, "release", "verify", bundle)
    assert datalab(home, "release", "resume") == ""
    assert datalab(home, "release", "publish") == ""


def test_a_question_is_shown_as_sql_that_knows_public_data(home: Path) -> None:
    """With its project named, public data is joined by columns alone; without, a note says what is not known."""
    settle(home)
    text = "SELECT COUNT(*) AS rows FROM incidents JOIN areas ON incidents.area = areas.area"
    price = ("--rho", "1/10", "--rows-per-unit", "4")
    (home / "question.json").write_text(typed("from-sql", "-", *price, stdin=text))

    known = datalab(home, "request", "to-sql", str(home / "question.json"), "--project", "safer", "--as", "ann")
    unknown = datalab(home, "request", "to-sql", str(home / "question.json"))

    assert "unit_id" not in known
    assert "unit_id" in unknown
    assert "which datasets are public" in unknown
    for shown in (known, unknown[unknown.index("SELECT") :]):
        assert typed("from-sql", "-", *price, stdin=shown) == (home / "question.json").read_text()
    with pytest.raises(GovernanceError, match="go together"):
        datalab(home, "request", "to-sql", str(home / "question.json"), "--project", "safer")


def test_a_limit_of_no_cells_is_not_lost(home: Path) -> None:
    """LIMIT 0 is refused: it does not become a question for all cells."""
    text = "SELECT area, COUNT(*) AS rows FROM incidents GROUP BY area ORDER BY rows DESC LIMIT 0"

    with pytest.raises(QueryError, match="LIMIT"):
        typed("from-sql", "-", "--rho", "1/10", "--rows-per-unit", "4", stdin=text)


def typed(*words: str, stdin: str) -> str:
    """Type a command that needs no lab."""
    result: Result = CliRunner().invoke(request.app, [*words], input=stdin, env=WIDE)
    if isinstance(result.exception, DatalabError):
        raise result.exception
    return result.output


def test_a_wish_in_percent_is_priced_by_size_and_at_one_size(home: Path, tmp_path: Path) -> None:
    """Without a size of the cell three are priced in a table; with one, the question is previewed at its price."""
    settle(home)
    file = tmp_path / "question.json"
    file.write_text(json.dumps(question_to_document(question(1))))
    asked = ("request", "price", str(file), "--project", "safer", "--as", "ann", "--measure", "rows", "--within")

    table = datalab(home, *asked, "20%")
    assert all(f"\u2502 {size} " in table for size in ("100", "1,000", "10,000"))
    assert "sure after this answer" in table
    priced = datalab(home, *asked, "20%", "--group-size", "400")
    assert "\u00b120 % is \u00b180 rows: percent of the figure" in priced
    assert re.search(r'Write "rho": "0\.\d+" in the question', priced)
    assert "\u00b120 is \u00b120 rows" in datalab(home, *asked, "20")
    assert "in groups of" not in priced
    supposed = datalab(home, *asked, "5%", "--of", "2000")
    assert "taken to be what is supposed (2,000 rows)" in supposed


def test_a_price_is_told_by_other_columns_than_the_question_has(home: Path, tmp_path: Path) -> None:
    """`--group-by` prices the question by those columns, at what it costs when it is so written; tables keep theirs."""
    settle(home)
    grouped, whole, tables = (tmp_path / f"{name}.json" for name in ("grouped", "whole", "tables"))
    area, query = ColumnRef(name="area"), question(1).query
    several = replace(query, tables=(Table(by=(area,)), Table(by=())))
    for file, asked in ((grouped, query), (whole, replace(query, group_by=())), (tables, several)):
        file.write_text(json.dumps(question_to_document(replace(question(1), query=asked))))

    def rho_of(file: Path, *by: str) -> str:
        words = ("--project", "safer", "--as", "ann", "--measure", "rows", "--within", "20", *by)
        told = datalab(home, "request", "price", str(file), *words)
        (rho,) = re.findall(r'Write "rho": "([\d.]+)" in the question', told)
        assert ("group it by area" in told) is bool(by)
        return str(rho)

    assert rho_of(whole) != rho_of(grouped) == rho_of(whole, "--group-by", "area")
    with pytest.raises(QueryError, match="no column called surgery"):
        rho_of(whole, "--group-by", "surgery")
    with pytest.raises(QueryError, match="Leave --group-by out"):
        rho_of(tables, "--group-by", "area")


def test_a_finding_is_seen_or_the_noise_leaves_none(home: Path, tmp_path: Path) -> None:
    """How often a difference is seen and the least that is, are said; and where the noise leaves none, that."""
    settle(home)
    file, lost = tmp_path / "question.json", tmp_path / "lost.json"
    file.write_text(json.dumps(question_to_document(question(1))))
    rate = Ratio(top=Sum(column=ColumnRef(name="minutes"), name=""), bottom=CountRows(name=""), name="minutes_rate")
    asked = question(1, rho=Fraction(1, 10**6))
    lost.write_text(json.dumps(question_to_document(replace(asked, query=replace(asked.query, measures=(rate,))))))
    words = ("--project", "safer", "--as", "ann", "--difference", "30", "--measure")

    said = datalab(home, "request", "finding", str(file), *words, "rows")
    assert re.search(r"A difference of 30 is seen in \d+% of answers, by the noise alone\.", said)
    assert re.search(r"The least that is seen in 80 of 100 answers: [\d.]+\.", said)
    tables = replace(question(1).query, tables=(Table(by=(ColumnRef(name="area"),)), Table(by=())))
    file.write_text(json.dumps(question_to_document(replace(question(1), query=tables))))
    for by, named in (((), "area"), (("--by", "(all)"), "(all)")):
        told = datalab(home, "request", "finding", str(file), *words, "rows", *by)
        assert told.startswith(f"By {named}: A difference of 30 is seen in")
    with pytest.raises(QueryError, match=r"Name one of: area; \(all\)"):
        datalab(home, "request", "finding", str(file), *words, "rows", "--by", "minutes")
    none = datalab(home, "request", "finding", str(lost), *words, "minutes_rate", "--group-size", "1")
    assert "No difference can be counted on" in none
    with pytest.raises(QueryError, match="Name one of: rows"):
        datalab(home, "request", "finding", str(file), *words, "minutes")
