"""Which texts are read: at random, the same again for the same file, and more of them where more are asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from re import finditer

import pytest
from treated_dataset import contract

from anonymise.prose.entities import Entity, Span
from anonymise.prose.redaction import LONGEST, Redactor
from anonymise.review.passages import LONGEST_PASSAGE
from datalab.contract.model import Contract, LogicalType
from ingest.review.draw import draw
from ingest.review.work_list import Stratum, work_list

REDACTED = contract()


def write(path: Path, texts: list[str | None], stated: Contract = REDACTED) -> Path:
    """Write a file of the contract with a text a row."""
    cells = {column.name: "2024-01-01" if column.logical_type is LogicalType.DATE else "1" for column in stated.columns}
    lines = [",".join(cells)]
    lines += [",".join("" if name == "notes" and text is None else (text or "") if name == "notes" else cell
                       for name, cell in cells.items()) for text in texts]  # fmt: skip
    path.write_text("\n".join(lines) + "\n")
    return path


def rows(path: Path, seed: str, pool: int) -> list[int]:
    """Return the rows that are drawn, in order."""
    return [text.row for text in draw(path, REDACTED, seed=seed, pool=pool)["notes"].texts]


def test_a_larger_sample_begins_with_the_smaller_one(tmp_path: Path) -> None:
    """What was read of a file counts on where more is asked for; another file is another draw."""
    path = write(tmp_path / "notes.csv", [f"text {number}" for number in range(300)])

    assert rows(path, "a", 20)[:7] == rows(path, "a", 7)
    assert rows(path, "a", 7) == rows(path, "a", 7) != rows(path, "b", 7)


def test_every_text_is_drawn_equally_often(tmp_path: Path) -> None:
    """First, last and long texts alike: of 400 draws of 5 of 20 each row comes up some 100 times."""
    path = write(tmp_path / "notes.csv", [f"text {number}" for number in range(20)])

    drawn = Counter(row for seed in range(400) for row in rows(path, str(seed), 5))

    assert set(drawn) == set(range(1, 21))
    assert all(65 < count < 135 for count in drawn.values())  # four deviations of 8.7


def test_rows_without_a_text_are_none_and_long_ones_are_several(tmp_path: Path) -> None:
    """What is drawn from is passages of a page, not rows."""
    path = write(tmp_path / "notes.csv", [None, "short", "word " * 1_000, None])

    drawn = draw(path, REDACTED, seed="a", pool=10)["notes"]

    assert drawn.population == 4
    assert sorted((text.row, text.number, text.of) for text in drawn.texts) == [
        (2, 0, 1),
        (3, 0, 3),
        (3, 1, 3),
        (3, 2, 3),
    ]


def test_markup_makes_no_passages(tmp_path: Path) -> None:
    """A short e-mail in long markup is one page of what is read, and not twenty of a word each."""
    markup = "".join(f"<span style='color:black;font-family:Calibri{number}'>" for number in range(800))
    path = write(tmp_path / "notes.csv", [f"{markup}Joan Smith called.", "x" * (LONGEST_PASSAGE + 1)])

    drawn = draw(path, REDACTED, seed="a", pool=10)["notes"]

    assert drawn.population == 3
    assert sorted((text.row, text.of) for text in drawn.texts) == [(1, 1), (2, 2), (2, 2)]


class Names:
    """Finds one name, and cannot search one text."""

    def find(self, texts: list[str]) -> list[tuple[Span, ...] | None]:
        """Find `Joan`."""
        found = (
            tuple(Span(one.start(), one.end(), Entity.PERSON, 0.9) for one in finditer("Joan", text)) for text in texts
        )
        return [None if "unsearchable" in text else spans for text, spans in zip(texts, found, strict=True)]


class Long:
    """Doubts long texts."""

    def score(self, texts: list[str], masks: list[list[Span]]) -> list[float]:
        """Return each text's length, and check that what is masked stands in it."""
        for text, spans in zip(texts, masks, strict=True):
            assert all(set(text[span.start : span.end].split()) == {"Joan"} for span in spans)
        return [float(len(text)) for text in texts]


def test_the_doubtful_are_read_besides_and_first_and_change_nothing_of_the_random_ones(tmp_path: Path) -> None:
    """Random texts are the first of the draw whatever is doubted; the most doubtful of the others join them."""
    path = write(tmp_path / "notes.csv", ["Joan " * (1 + number % 37) for number in range(100)] + ["unsearchable"])
    draws = draw(path, REDACTED, seed="a", pool=1_000)

    items = work_list(draws, {"notes": 10}, 5, redactor=Redactor(Names()), doubt=Long()).items  # type: ignore[arg-type]

    order = [text.row for text in draws["notes"].texts if text.row != 101]
    assert {item.row for item in items if item.stratum is Stratum.RANDOM} == set(order[:10])
    besides = sorted(order[10:], key=lambda row: -len("Joan " * (1 + (row - 1) % 37)))
    doubtful = [item for item in items if item.stratum is Stratum.DOUBTFUL]
    assert len(doubtful) == 5
    assert min(item.doubt for item in doubtful) >= max(5 * (1 + (row - 1) % 37) - 1 for row in besides[5:])
    assert [item.doubt for item in items] == sorted((item.doubt for item in items), reverse=True)


def test_a_mask_of_a_long_text_stands_on_its_own_page(tmp_path: Path) -> None:
    """Pages of one cell are masked by what was found in the whole of it."""
    path = write(tmp_path / "notes.csv", ["word " * 700 + "Joan " + "word " * 100])

    items = work_list(
        draw(path, REDACTED, seed="a", pool=9),
        {"notes": 9},
        0,
        redactor=Redactor(Names()),  # type: ignore[arg-type]
        doubt=Long(),  # type: ignore[arg-type]
    ).items

    assert len(items) == 3
    masked = [piece.text for item in items for piece in item.pieces if piece.mask]
    assert masked == ["Joan"]


@pytest.mark.parametrize("seed", ["a", "b"])
def test_a_row_without_a_unit_is_not_read(tmp_path: Path, seed: str) -> None:
    """The lab leaves such a row out, so that its text is no part of what is estimated."""
    path = write(tmp_path / "notes.csv", ["one", "two"])
    key = REDACTED.person_key
    assert key is not None
    header, first, second = path.read_text().splitlines()
    place = header.split(",").index(key.name)
    cells = second.split(",")
    cells[place] = ""
    path.write_text("\n".join((header, first, ",".join(cells))) + "\n")

    assert rows(path, seed, 9) == [1]


@pytest.mark.parametrize("pool", [300, 30])
def test_texts_that_the_lab_replaces_as_a_whole_are_none_of_the_file(tmp_path: Path, pool: int) -> None:
    """Bytes, what is too long, hides too much or is not searched to its end: none is drawn in the place of another."""
    layered = "&#74;oan"
    for _ in range(12):
        layered = layered.replace("#", "&#35;", 1)
    bytes_of_a_file = f"%PDF-1.4 {'Joan ' * 20_000}"
    short = [f"text {number}" for number in range(40)]
    path = write(tmp_path / "notes.csv", [bytes_of_a_file, "x" * (LONGEST + 1), layered, "unsearchable", *short])

    drawn = draw(path, REDACTED, seed="a", pool=pool)
    listed = work_list(drawn, {"notes": 25}, 9, redactor=Redactor(Names()), doubt=Long())  # type: ignore[arg-type]

    strata = Counter(item.stratum for item in listed.items)
    assert all(item.row > 4 for item in listed.items)
    assert strata[Stratum.RANDOM] == 25
    if pool == 300:
        assert (strata[Stratum.DOUBTFUL], listed.populations) == (9, {"notes": 40})
