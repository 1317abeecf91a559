"""The review's pages on a real port: who gets in, what is kept, and that no word of a text goes anywhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pyrage
import pytest
from review_desk import HEADER, NOTE, WORDS, review_desk, write_notes

from anonymise.review.found import Marks
from datalab.catalogue import ExtractKind
from datalab.contract.model import Contract, Treatment
from datalab.contract.odcs.contract_file import parse_contract
from datalab.errors import DatalabError, ExtractError, StateError, UserError
from ingest.custodian.seal import SealedExtract, seal_extract
from ingest.reporting.checks import held
from ingest.reporting.missed import read_results
from ingest.sealed.agency_key import AgencyKey, create_agency_key, read_agency_key
from ingest.sealed.envelope import verify_manifest
from ingest.sealed.marks import MAX_COLUMNS
from ingest.sealed.marks_file import verify_marks

CONTRACT = parse_contract((Path(__file__).parent / "ingest" / "visits.yaml").read_text(), "visits")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> AgencyKey:
    """An agency's key."""
    return read_agency_key(create_agency_key(tmp_path_factory.mktemp("key"), "north_trust")[0])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file of twelve notes, each with a name that is found and one that is not."""
    return write_notes(tmp_path / "visits.csv")


def seal(
    source: Path, key: AgencyKey, folder: Path, marks_file: Path | None, contract: Contract = CONTRACT
) -> SealedExtract:
    """Seal a file to a lab of no name."""
    return seal_extract(
        source,
        contract=contract,
        kind=ExtractKind.FULL,
        period_from=date(2024, 1, 1),
        period_to=date(2024, 1, 31),
        key=key,
        landing_key=str(pyrage.x25519.Identity.generate().to_public()),
        folder=folder,
        now=datetime.now(UTC),
        marks_file=marks_file,
    )


def test_a_review_ends_in_signed_counts_that_travel_with_the_extract(
    source: Path, tmp_path: Path, key: AgencyKey, capfd: pytest.CaptureFixture[str]
) -> None:
    """Seven texts are read, a name ticked in each: what is written, sent and printed holds the counts and no word."""
    out = tmp_path / "out"
    with review_desk(source, CONTRACT, key, out) as desk:
        desk.enter()
        for number in range(1, 8):
            saved = desk.save(number, *desk.boxes(number, "QXMISSED", "QXSURNAME"))
            assert saved.status == 303
        assert saved.headers["location"] == desk.home
        shown = desk.ask(desk.home).text
        assert "5 texts drawn at random from 12: 10 identifiers, 5 missed" in shown
        assert desk.ask(f"{desk.home}finish", [("csrf", desk.token())]).status == 200
        assert not desk.ended.wait(0.3), "the browser had no time to ask for the last page's styles"
        assert desk.ask(f"{desk.home}static/lab.css").status == 200
        assert desk.ended.wait(60), "the command goes on although the marks are signed"

    with pytest.raises(StateError, match="signed already"):
        desk.reading.save(desk.reading.item(1), Marks())
    (marks_file,) = out.glob("*.marks.json")
    marks = verify_marks(marks_file.read_bytes(), key.public_pem)
    (note,) = marks.columns
    assert (note.texts, note.random.texts, note.doubtful.texts) == (12, 5, 2)
    assert note.kinds == {"PERSON": (7, 0), "NOT SAID": (7, 7)}
    manifest = seal(source, key, tmp_path / "sealed", marks_file).manifest_file.read_bytes()
    assert verify_manifest(manifest, key.public_pem).marks == marks
    written = b"".join(path.read_bytes() for path in out.iterdir()) + manifest
    printed = "".join(capfd.readouterr())
    assert [word for word in WORDS if word.encode() in written or word in printed] == []
    assert "QXMISSED" in source.read_text()  # the control: it is what was looked for


def test_marks_hold_for_the_file_that_was_read_alone(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """A longer file, or another version of the contract, is not sealed with them, and leaves no payload behind."""
    out = tmp_path / "out"
    with review_desk(source, CONTRACT, key, out, texts=1, doubtful=0) as desk:
        desk.enter()
        desk.save(1)
        desk.ask(f"{desk.home}finish", [("csrf", desk.token())])
    (marks_file,) = out.glob("*.marks.json")

    with pytest.raises(ExtractError, match="not of this file"):
        seal(source, key, tmp_path / "sealed", marks_file, replace(CONTRACT, version="1.0.1"))
    source.write_text(source.read_text() + "P99,,,01/02/1990,east,5,\n")
    with pytest.raises(ExtractError, match="not of this file"):
        seal(source, key, tmp_path / "sealed", marks_file)
    assert list((tmp_path / "sealed").iterdir()) == []


def test_the_address_lets_one_browser_in(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """The first that opens it; another with the same address, a guess, or no cookie sees no text."""
    with review_desk(source, CONTRACT, key, tmp_path / "out") as desk:
        assert desk.ask(f"{desk.home}texts/1").status == 403
        assert desk.ask(f"{desk.home}open/{'A' * 43}").status == 403
        entered = desk.enter()
        assert entered.status == 303
        cookie = entered.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", f"Path={desk.home}"))
        page = desk.ask(f"{desk.home}texts/1")
        assert (page.status, "QXMISSED" in page.text) == (200, True)
        assert desk.ask(urlsplit(desk.address).path).status == 303  # the same browser, once more
        own, desk.cookie = desk.cookie, ""
        again = desk.ask(urlsplit(desk.address).path)
        assert (again.status, "set-cookie" in again.headers) == (403, False)
        desk.cookie = own[:-1] + ("A" if own[-1] != "A" else "B")
        refused = desk.ask(f"{desk.home}texts/1")
        assert (refused.status, "QXMISSED" in refused.text) == (403, False)


def test_who_does_not_know_the_address_learns_nothing_of_it(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """Any program on the machine can ask the port: the path that the cookie is bound to is in no answer to it."""
    with review_desk(source, CONTRACT, key, tmp_path / "out") as desk:
        desk.enter()
        name = desk.home.strip("/")
        for path in ("/", "/texts/1", "/static/lab.css", f"/{'A' * 43}/", f"/{name[:-1]}/", "/favicon.ico"):
            for form in (None, [("csrf", "A" * 43)]):
                answer = desk.ask(path, form)
                assert (answer.status, answer.text) == (404, "")
                assert name not in str(answer.headers)


def test_pages_carry_a_policy_without_scripts_and_are_not_kept(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """No script, frame or other site; no page on disk or with a translator; a text that holds markup stays text."""
    lines = source.read_text().replace(NOTE, "<script>spoil()</script> 5 &lt; 6 <b>bold</b> &lt;i&gt;QX")
    source.write_text(lines)
    with review_desk(source, CONTRACT, key, tmp_path / "out") as desk:
        desk.enter()
        page = desk.ask(f"{desk.home}texts/1")

    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert '<meta name="google" content="notranslate">' in page.text
    assert 'class="rv-text" translate="no"' in page.text
    assert "<script" not in page.text
    assert "<b>bold" not in page.text
    assert "<i>" not in page.text


def test_another_name_and_another_sites_form_are_refused(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """A name that was made to lead here, a form of another page, one without the token: each changes nothing."""
    with review_desk(source, CONTRACT, key, tmp_path / "out") as desk:
        desk.enter()
        page, token = f"{desk.home}texts/1", desk.token()
        port = desk.host.partition(":")[2]
        for host in ("attacker.example", f"attacker.example:{port}", f"localhost:{port}", "127.0.0.1"):
            answer = desk.ask(page, headers={"Host": host})
            assert (answer.status, answer.text) == (403, "")
        for form, headers in (
            ([("csrf", "A" * 43)], {}),
            ([], {}),
            ([("csrf", token)], {"Origin": "http://attacker.example"}),
            ([("csrf", token)], {"Origin": "null"}),
            ([("csrf", token)], {"Sec-Fetch-Site": "cross-site"}),
            ([("csrf", token)], {"Sec-Fetch-Site": "same-site"}),
        ):
            assert desk.ask(page, form, headers).status == 403
        assert desk.reading.done == 0
        assert desk.ask(page, [("csrf", token)], {"Sec-Fetch-Site": "same-origin"}).status == 303  # the control
        assert desk.reading.done == 1


def test_input_that_no_page_sends_harms_nothing(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """Numbers beyond the list, places of nothing, a form of a megabyte and a strange kind each end in an answer."""
    with review_desk(source, CONTRACT, key, tmp_path / "out") as desk:
        desk.enter()
        for number in ("0", "8", "99999999999999999999", "-1", "x", "%C2%B2"):
            assert desk.ask(f"{desk.home}texts/{number}").status == 404
        assert desk.ask(f"{desk.home}nothing").status == 404
        strange = [
            ("missed", "1-2-3"),
            ("missed", "x"),
            ("missed", "9" * 5_000 + "-1"),
            ("kind", "QX"),
            ("wrong", "4-"),
            ("missed", "1-2"),
        ]
        assert desk.save(1, *strange).status == 303
        kept = desk.reading.marks_of(desk.reading.item(1))
        assert kept is not None
        assert (kept.missed, kept.wrong, kept.kind) == (frozenset(), frozenset(), None)
        assert desk.reading.columns()[0].kinds == {"PERSON": (1, 0)}
        huge = desk.ask(f"{desk.home}texts/2", [("csrf", desk.token()), ("missed", "1" * 1_100_000)])
        assert (huge.status, desk.reading.done) == (400, 1)


def test_a_page_that_fails_says_nothing_of_the_text(
    source: Path, tmp_path: Path, key: AgencyKey, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that quotes a text, as foreign code's may, comes out as its kind's name alone."""
    with review_desk(source, CONTRACT, key, tmp_path / "out") as desk:
        desk.enter()
        token = desk.token()

        def fail(_self: object, _marks: object) -> None:
            raise ValueError(NOTE)

        monkeypatch.setattr("ingest.review.kept.KeptMarks.write", fail)
        answer = desk.ask(f"{desk.home}texts/1", [("csrf", token)])
    printed = "".join(capfd.readouterr())

    assert answer.status == 500
    assert "ValueError" in printed
    assert [word for word in WORDS if word in printed + answer.text] == []


@pytest.mark.parametrize(
    ("texts", "asked", "redacts", "says"),
    [(20, 50, True, "fewer than the contract asks for"), (5, 0, False, "nothing to read"), (5_001, 0, True, "Nobody")],
)
def test_a_review_that_would_be_for_nothing_is_not_begun(
    source: Path, tmp_path: Path, key: AgencyKey, *, texts: int, asked: int, redacts: bool, says: str
) -> None:
    """Fewer texts than the contract asks for, a contract without redacted text, more than anybody reads."""
    treatment = Treatment.REDACT if redacts else Treatment.DROP
    columns = [
        replace(column, treatment=treatment, review_texts=asked) if column.name == "note" else column
        for column in CONTRACT.columns
    ]
    stated = replace(CONTRACT, columns=tuple(columns))

    with pytest.raises(UserError, match=says), review_desk(source, stated, key, tmp_path / "out", texts=texts):
        pass


def test_more_columns_than_marks_can_hold_are_told_before_anything_is_read(
    source: Path, tmp_path: Path, key: AgencyKey
) -> None:
    """Marks of more columns are refused by who reads them: so nobody reads hundreds of texts for such."""
    (note,) = (column for column in CONTRACT.columns if column.name == "note")
    many = tuple(replace(note, name=f"note_{number}") for number in range(MAX_COLUMNS + 1))

    with (
        pytest.raises(UserError, match="at most 20 columns"),
        review_desk(source, replace(CONTRACT, columns=(*CONTRACT.columns[:-1], *many)), key, tmp_path / "out"),
    ):
        pass


def test_a_file_without_texts_is_signed_as_read_where_its_contract_asks_for_that(
    source: Path, tmp_path: Path, key: AgencyKey
) -> None:
    """There is nothing to read, and the lab lets it through; without such marks it would hold it for ever."""
    source.write_text(f"{HEADER}\nP1,,,01/02/1990,east,5,\n")
    columns = (replace(one, review_texts=50) if one.name == "note" else one for one in CONTRACT.columns)
    stated, out = replace(CONTRACT, columns=tuple(columns)), tmp_path / "out"
    with review_desk(source, stated, key, out, texts=50) as desk:
        desk.enter()
        page = desk.ask(desk.home).text
        assert "There is no text to read" in page
        (token,) = re.findall(r'name="csrf" value="([^"]+)"', page)
        assert desk.ask(f"{desk.home}finish", [("csrf", token)]).status == 200

    (marks_file,) = out.glob("*.marks.json")
    marks = verify_marks(marks_file.read_bytes(), key.public_pem)
    assert not held(read_results(stated, marks, text_model=marks.text_model))
    assert held(read_results(stated, None, text_model=marks.text_model))


def test_a_fault_of_the_file_is_told_without_a_value(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """Rows that are not the contract's, and a file without any text, end in an error that quotes nothing."""
    broken = source.with_name("broken.csv")
    broken.write_text(source.read_text().replace(",east,5,", ",east,"))
    silent = source.with_name("silent.csv")
    silent.write_text(f"{HEADER}\nP1,,,01/02/1990,east,5,\n")

    for path in (broken, silent):
        with pytest.raises(DatalabError) as refused, review_desk(path, CONTRACT, key, tmp_path / "out"):
            pass
        assert [word for word in WORDS if word in str(refused.value)] == []
