"""The evidence as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bars import Bar, bars_table
from columns import COLUMNS, PEER, PERSONAL, ROWS, Named
from marked import Corpus
from scoring import Figure, Scores
from speed import Speed
from systems import MODEL

HEAD = """# De-identification: what is missed

Written by `make deidentify-evidence` (benchmarks/deidentify), Presidio {presidio}, spaCy {spacy}, model `{model}`.

**How to read it.** An entity counts as found where every letter and digit of it is masked, under whatever label. The
interval of 95 % is by bootstrap of documents. Precision counts words that are masked beside the marked kinds as wrong,
also where they are dates, links, numbers or handles that redaction means to mask and the corpus does not mark: compare
it between systems, and read nothing into its size. *Unseen*: no rule was written and no list was made with any text of
the corpus. *Same source*: other texts of it were read. *Seen*: rules were written with its texts or their generator
at hand, so the figure is a check and no promise.

Every system reads with the same stock model; the lab also reads with its own (anonymise/prose/model/names), but for the
row that says so. "Presidio, stock" is `AnalyzerEngine` by its own default configuration;
the second has its recognisers of the United Kingdom and of organisations switched on. hyperscale-pii-scanner 0.2.0
carries the same model and asks for Python 3.14; it is read here with Python 3.11, as it comes.
"""


def document(
    scored: Iterable[tuple[Corpus, dict[str, Scores]]], timed: dict[str, list[Speed]], asked: Iterable[Bar]
) -> Iterator[str]:
    """Yield the lines of the evidence, what was asked first."""
    from importlib.metadata import version  # noqa: PLC0415 - the head alone names versions

    yield HEAD.format(presidio=version("presidio-analyzer"), spacy=version("spacy"), model=MODEL)
    yield from bars_table(asked)
    for corpus, scores in scored:
        yield from _table(corpus, scores)
    yield "\n## Speed\n"
    yield "Times as fast as stock `analyze()` of the same repeat, CPU time of one core; median of three, and range.\n"
    yield "| texts | system | ratio | characters a second |\n|---|---|---|---|"
    for texts, speeds in timed.items():
        for one in speeds:
            yield (
                f"| {texts} | {one.system} | {one.ratio:.2f} ({one.low:.2f}-{one.high:.2f}) | {one.characters:,.0f} |"
            )


def _table(corpus: Corpus, scores: dict[str, Scores]) -> Iterator[str]:
    first = next(iter(scores.values()))
    kinds = list(first.entities)
    characters = sum(len(text.text) for text in corpus.texts)
    yield f"\n## {corpus.name[0].upper()}{corpus.name[1:]}: {corpus.relation.value}\n"
    yield f"{len(corpus.texts):,} documents, {characters:,} characters.\n"
    counted = [f"{kind} ({first.entities[kind].of:,})" for kind in kinds]
    yield f"| system | {' | '.join(counted)} | words | precision | F2 |"
    yield "|---" * (len(kinds) + 4) + "|"
    for name, score in scores.items():
        cells = [_shown(score.entities[kind]) for kind in kinds]
        f2 = "" if score.f2 is None else f"{score.f2:.3f}"
        yield f"| {name} | {' | '.join(cells)} | {_shown(score.words)} | {_shown(score.precision)} | {f2} |"


def _shown(figure: Figure | None) -> str:
    return "" if figure is None or not figure.of else f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def columns_table(named: Sequence[Named]) -> Iterator[str]:
    """Yield the table of columns that each system calls personal."""
    yield "\n## Columns of a table: which are personal\n"
    yield f"{ROWS} rows, {COLUMNS} columns of which {len(PERSONAL)} are personal; CPU time of one run.\n"
    yield f"| system | personal found | missed | others called personal | seconds | times as fast as {PEER} |"
    yield "|---|---|---|---|---|---|"
    peer = next((one.seconds for one in named if one.system == PEER), None)
    for one in named:
        missed, false = ", ".join(one.missed), ", ".join(one.false)
        ratio = "not measured" if peer is None else f"{peer / one.seconds:.1f}"
        yield f"| {one.system} | {one.personal} | {missed} | {false} | {one.seconds:.2f} | {ratio} |"


def groups(rows: Sequence[tuple[str, Figure]]) -> Iterator[str]:
    """Yield the table of recall of people by group of names."""
    yield "\n## Recall of people by group of names, sample county, with the record\n"
    yield "| group of names of the person the text is about | people named | recall |\n|---|---|---|"
    for group, figure in sorted(rows, key=lambda row: row[1].value):
        yield f"| {group.replace('_', ' ')} | {figure.of:,} | {_shown(figure)} |"
