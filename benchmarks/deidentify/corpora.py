"""Readers of the corpora: CoNLL tweets, IOB2 web text, judgments with metadata, case notes, the sample county's prose.

Which of them may be read while rules are written is laid down here once, and is why a figure is called unseen:
- `ewt_dev` (web text) and `btc_h` (tweets) are frozen: no rule was written and nothing was trained with their texts.
- judgments are split by document id: odd ones may be read, even ones are measured ("same source").
- `btc_a` and `btc_g` may be read and trained on; `btc_e` is measured ("same source").
Sources and licences: README.md of the folder that `DATALAB_TEST_DATA` names. Nothing of them stands in this project.
"""

from __future__ import annotations

import ast
import csv
import gzip
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from random import Random

import pyarrow as pa
from marked import Corpus, MarkedText, Relation, Truth

from anonymise.prose.recorded.row_values import row_values
from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import parse_contract
from datalab.sample.agencies.register import Record
from datalab.sample.block import make_block
from datalab.sample.county import contract_texts
from datalab.sample.narratives.marks import MarkType, Text

APPLICATION = re.compile(r"(?<![\w/])\d{3,6}/\d\d(?![\w/])")
NAME_WORD = re.compile(r"[^\W\d_][\w'\u2019\-]+")
SHORT_WORD = 3
csv.field_size_limit(sys.maxsize)


def web_text(folder: Path) -> Corpus:
    """Read Universal NER English EWT, development part: e-mail, reviews, blogs, answers."""
    return Corpus(name="web text (EWT)", relation=Relation.UNSEEN, texts=tuple(_iob2(folder / "deid/ewt_dev.iob2")))


def tweets(folder: Path, part: str, relation: Relation) -> Corpus:
    """Read one part of the Broad Twitter Corpus."""
    return Corpus(
        name=f"tweets (BTC {part})", relation=relation, texts=tuple(_conll(folder / f"deid/btc_{part}.conll"))
    )


def judgments(folder: Path, *, held_out: bool, most: int) -> Corpus:
    """Read judgments of the European Court of Human Rights; the applicant's name and application numbers are marked."""
    kept: dict[str, MarkedText] = {}
    with gzip.open(folder / "deid/tab_validation_meta.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            number = row["doc_id"]
            if (int(number.rpartition("-")[2]) % 2 == 0) is held_out and number not in kept:
                kept[number] = _judgment(row["text"], ast.literal_eval(row["meta"])["applicant"])
    chosen = sorted(kept)[:most]
    relation = Relation.SAME_SOURCE if held_out else Relation.SEEN
    return Corpus(name="judgments (TAB)", relation=relation, texts=tuple(kept[number] for number in chosen))


def county(*, seed: int, people: int, most: int) -> Corpus:
    """Make narratives of the sample county, each with the fields of its record; rules were written with it at hand."""
    block = make_block(seed=seed, number=0, people=people)
    told = [record for record in block.records if record.text is not None]
    Random(seed).shuffle(told)
    stated = (parse_contract(text, source) for source, text in contract_texts().items())
    contracts = {contract.dataset: contract for contract in stated}
    communities = {
        view.key: person.community
        for views in block.views.values()
        for home in block.homes
        for person in home.members
        for view in views.get(person.number, ())
    }
    texts = tuple(_record(record, contracts[record.dataset], communities) for record in told[:most])
    return Corpus(name="sample county", relation=Relation.SEEN, texts=texts)


def _record(record: Record, contract: Contract, communities: dict[str, str]) -> MarkedText:
    told = record.text or Text(text="", marks=())
    names = [column.name for column in contract.columns]
    cells = {
        name: pa.array([None if record.row.get(name) is None else str(record.row[name])], pa.string()) for name in names
    }
    key = contract.person_key
    return MarkedText(
        text=told.text,
        truths=tuple(Truth(mark.start, mark.end, _kind(mark.type)) for mark in told.marks),
        known=row_values(contract, pa.RecordBatch.from_pydict(cells))[0],
        group=communities.get(str(record.row.get(key.name)), "") if key is not None else "",
    )


def _kind(mark: MarkType) -> str:
    return "person" if mark is MarkType.PERSON else mark.value.replace("_", " ")


def _iob2(file: Path) -> Iterator[MarkedText]:
    """Yield a document of each `newdoc`: its sentences as written (`# text`), the marked words found in them."""
    lines = file.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("# newdoc")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        text, truths = "", []
        for filled, block in groupby(lines[start:end], key=lambda line: bool(line.strip())):
            if filled:
                sentence, found = _sentence(list(block), len(text))
                text += sentence + " "
                truths += found
        yield MarkedText(text=text, truths=tuple(truths))


def _sentence(lines: list[str], offset: int) -> tuple[str, list[Truth]]:
    text = next(line.removeprefix("# text = ") for line in lines if line.startswith("# text = "))
    words = [line.split("\t") for line in lines if line[:1].isdigit() and line.split("\t")[0].isdigit()]
    place, spans = 0, []
    for word in words:
        begin = text.find(word[1], place)
        if begin < 0:  # a word that is spelled apart in the text
            spans.append((place, place, "O"))
            continue
        place = begin + len(word[1])
        spans.append((begin, place, word[2]))
    return text, [Truth(offset + start, offset + end, kind) for start, end, kind in _chunks(spans)]


def _conll(file: Path) -> Iterator[MarkedText]:
    """Yield a text of each tweet: words with one blank between, none after an `@` that stands alone."""
    for filled, lines in groupby(file.read_text(encoding="utf-8").splitlines(), key=lambda line: bool(line.strip())):
        if not filled:
            continue
        text, spans = "", []
        for word, *_, label in (line.split("\t") for line in lines):
            if text and text != "@" and not text.endswith(" @"):
                text += " "
            elif text and spans:  # a handle is one name, with its sign
                label = "I-" + spans[-1][2][2:] if spans[-1][2] != "O" else label  # noqa: PLW2901
            spans.append((len(text), len(text) + len(word), label.strip()))
            text += word
        yield MarkedText(text=text, truths=tuple(Truth(*chunk) for chunk in _chunks(spans, text)))


def _chunks(spans: list[tuple[int, int, str]], text: str = "") -> Iterator[tuple[int, int, str]]:
    """Yield entities of a sequence of words with IOB2 labels; a person who is a handle is a kind of its own."""
    entity: tuple[int, int, str] | None = None
    for start, end, label in [*spans, (0, 0, "O")]:
        inside = label.startswith("I-") and entity is not None and entity[2] == label[2:]
        if inside and entity is not None:
            entity = (entity[0], end, entity[2])
            continue
        if entity is not None:
            yield entity[0], entity[1], _named_kind(entity[2], text[entity[0] : entity[1]])
        entity = (start, end, label[2:]) if label != "O" else None


def _named_kind(label: str, text: str) -> str:
    kinds = {"PER": "person", "LOC": "place", "ORG": "organisation", "OTH": "other"}
    return "handle" if text.startswith("@") else kinds.get(label, label.lower())


def _judgment(text: str, applicant: str) -> MarkedText:
    named = _named(text, (applicant, applicant.rsplit(maxsplit=1)[-1]), kind="applicant")
    numbers = [Truth(match.start(), match.end(), "application number") for match in _applications(text)]
    return MarkedText(text=text, truths=(*named.truths, *numbers), whole=False)


def _applications(text: str) -> Iterator[re.Match[str]]:
    """Yield numbers that stand after `application no.`, and those listed after them."""
    for listed in re.finditer(r"applications?\s\(?nos?\.\s((?:\d{3,6}/\d\d(?:,\s|\sand\s)?)+)", text):
        yield from APPLICATION.finditer(text, listed.start(1), listed.end(1))


def _named(text: str, names: tuple[str, ...], *, kind: str) -> MarkedText:
    truths: list[Truth] = []
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) < SHORT_WORD:
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not any(truth.start < match.end() and match.start() < truth.end for truth in truths):
                truths.append(Truth(match.start(), match.end(), kind))
    return MarkedText(text=text, truths=tuple(sorted(truths, key=lambda one: one.start)), whole=False)
