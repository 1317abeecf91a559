"""A review that is ended and begun again: what was marked stands, for the texts that it was marked in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from review_desk import WORDS, FirstNames, review_desk, write_notes

from datalab.contract.odcs.contract_file import parse_contract
from datalab.errors import StateError
from ingest.sealed.agency_key import AgencyKey, create_agency_key, read_agency_key

CONTRACT = parse_contract((Path(__file__).parent / "ingest" / "visits.yaml").read_text(), "visits")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> AgencyKey:
    """An agency's key."""
    return read_agency_key(create_agency_key(tmp_path_factory.mktemp("key"), "north_trust")[0])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file of twelve notes, each with a name that is found and one that is not."""
    return write_notes(tmp_path / "visits.csv")


def test_a_review_that_was_broken_off_goes_on_and_keeps_places_alone(
    source: Path, tmp_path: Path, key: AgencyKey
) -> None:
    """What was ticked stands after the command was ended; the file that holds it is the user's, without a word."""
    out = tmp_path / "out"
    with review_desk(source, CONTRACT, key, out) as desk:
        desk.enter()
        desk.save(2, *desk.boxes(2, "QXMISSED"), ("kind", "PERSON"))
        place = desk.reading.item(2).place
    (kept,) = out.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [word for word in WORDS if word in kept.read_text()] == []

    with review_desk(source, CONTRACT, key, out) as desk:
        desk.enter()
        assert desk.reading.item(2).place == place
        assert "You have read <strong>1 of 7</strong>" in desk.ask(desk.home).text
        assert desk.ask(f"{desk.home}texts/2").text.count(" checked") == 1
        unfinished = desk.ask(f"{desk.home}finish", [("csrf", desk.token())])
        assert (unfinished.status, "6 texts are not read yet" in unfinished.text) == (400, True)
        assert not list(out.glob("*.marks.json"))
    kept.write_text(kept.read_text().replace("missed", "mist"))
    with pytest.raises(StateError, match="does not hold what was marked"), review_desk(source, CONTRACT, key, out):
        pass


def test_a_text_that_is_masked_otherwise_now_is_read_again(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """What was ticked says nothing of a name that was masked then and is not now: it is to be read."""
    out, whole = tmp_path / "out", {"texts": 12, "doubtful": 0}
    with review_desk(source, CONTRACT, key, out, **whole) as desk:
        desk.enter()
        for number in range(1, 13):
            desk.save(number)
    even = FirstNames(r"Joan(?=.*[02468]\.$)")

    with review_desk(source, CONTRACT, key, out, finder=even, **whole) as desk:
        desk.enter()
        assert (desk.reading.done, desk.reading.stale) == (6, 6)
        refused = desk.ask(f"{desk.home}finish", [("csrf", desk.token())])
        assert (refused.status, list(out.glob("*.marks.json"))) == (400, [])
        following = desk.reading.next_number()
        assert following is not None
        desk.save(following)
        assert desk.reading.done == 7
    with review_desk(source, CONTRACT, key, out, finder=even, **whole) as desk:
        assert (desk.reading.done, desk.reading.stale) == (7, 0)


def test_two_runs_at_once_do_not_lose_what_the_other_saved(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """The command was started twice: the second to save is told so, and what the first saved stands."""
    out = tmp_path / "out"
    with review_desk(source, CONTRACT, key, out) as first, review_desk(source, CONTRACT, key, out) as second:
        first.enter()
        second.enter()
        assert [first.save(number, *first.boxes(number, "QXMISSED")).status for number in (1, 2)] == [303, 303]
        refused = second.save(3)
        assert (refused.status, "another run" in refused.text) == (400, True)
        assert (second.reading.done, first.save(4).status) == (0, 303)
    with review_desk(source, CONTRACT, key, out) as desk:
        assert desk.reading.done == 3


def test_what_was_marked_in_another_file_is_not_taken_up(source: Path, tmp_path: Path, key: AgencyKey) -> None:
    """Marks that were moved to the name of another file's are refused: their places are those of other texts."""
    out = tmp_path / "out"
    with review_desk(source, CONTRACT, key, out) as desk:
        desk.enter()
        desk.save(1)
        moved = desk.reading.kept.path
    source.write_text(source.read_text() + "P99,,,01/02/1990,east,5,\n")
    with review_desk(source, CONTRACT, key, out) as desk:
        moved.rename(desk.reading.kept.path)

    with pytest.raises(StateError, match="does not hold what was marked"), review_desk(source, CONTRACT, key, out):
        pass
