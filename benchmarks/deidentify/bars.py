"""What the evidence is asked to show, and whether this run shows it: a table computed from the run's own figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from columns import PEER, Named
from marked import Corpus
from scoring import Figure, Scores
from speed import Speed

OURS: Final = "datalab, text alone"
KNOWN: Final = "datalab, with the record"
STOCK: Final = "Presidio, stock"
ONE_MODEL: Final = "datalab, stock model, with the record"
STRUCTURED: Final = (
    "application number", "collar number", "email", "nhs number", "phone", "postcode", "reference", "upn",
    "vehicle registration",
)  # fmt: skip
"""Kinds of the sample county that are numbers or codes by their shape."""
HANDLE: Final = "handle"
POINT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure that was asked for; `measured` is None where the run has none."""

    name: str
    asked: float
    measured: float | None
    at_most: bool = False

    @property
    def met(self) -> str:
        """Whether it is met, unrounded."""
        if self.measured is None or self.measured != self.measured:
            return "not measured"
        good = self.measured <= self.asked if self.at_most else self.measured >= self.asked
        return "yes" if good else "no"


def bars_table(bars: Iterable[Bar]) -> Iterator[str]:
    """Yield the table's lines."""
    yield "\n## What was asked, and whether it is met\n"
    yield "By the figure itself, not the end of its interval; computed from the tables below.\n"
    yield "| bar | asked | measured | met |\n|---|---|---|---|"
    for bar in bars:
        measured = "" if bar.met == "not measured" else f"{bar.measured:.4g}"
        yield f"| {bar.name} | {'<=' if bar.at_most else '>='} {bar.asked:.4g} | {measured} | {bar.met} |"


def bars(
    scored: Sequence[tuple[Corpus, Mapping[str, Scores]]],
    timed: Mapping[str, Sequence[Speed]],
    named: Sequence[Named],
    grouped: Sequence[tuple[str, Figure]],
) -> list[Bar]:
    """Return every bar with what the run measured.

    Args:
        scored: each corpus with the scores of each system.
        timed: speeds by what texts.
        named: columns that each system calls personal.
        grouped: recall of people by group of names.
    """
    by_name = {corpus.name: scores for corpus, scores in scored}
    web = _corpus(by_name, "web text (EWT)", whole=True)
    law, tweets, county = (_corpus(by_name, name) for name in ("judgments", "tweets (BTC h)", "sample county"))
    stock = web[STOCK].precision if STOCK in web else None
    ours = web[OURS].precision if OURS in web else None
    rates = [figure.value for _, figure in grouped if figure.of]
    peer, own = (next((one.seconds for one in named if one.system.startswith(name)), None)
                 for name in (PEER, "datalab, values alone"))  # fmt: skip
    found = [
        Bar("people, web text, unseen", 0.95, _recall(web, OURS, ["person"])),
        Bar("applicants' names, judgments", 0.995, _recall(law, OURS, ["applicant"])),
        Bar("application numbers, judgments", 0.99, _recall(law, OURS, ["application number"])),
        Bar("street addresses, county, text alone", 0.85, _recall(county, OURS, ["address"])),
        Bar("structured numbers, county, text alone", 0.99, _recall(county, OURS, STRUCTURED)),
        Bar("tweets, unseen, without handles", 0.85, _recall(tweets, OURS, _kinds(tweets, without=HANDLE))),
        Bar("precision of words, web text, beside stock's", stock.value if stock else 0.0,
            ours.value if ours and stock else None),
        Bar("all, county, text alone", 0.997, _recall(county, OURS, ["all"])),
        Bar("all, county, with the record", 0.999, _recall(county, KNOWN, ["all"])),
        Bar("groups of names, highest less lowest recall", POINT, max(rates) - min(rates) if rates else None,
            at_most=True),
    ]  # fmt: skip
    for texts, one, two in (("short notes of the county", 6.0, 4.5), ("judgments", 2.4, 2.0)):
        speeds = {speed.system: speed.ratio for speed in timed.get(texts, ())}
        found += [
            Bar(f"times stock, {texts}, one model with known values", one, speeds.get(ONE_MODEL)),
            Bar(f"times stock, {texts}, a second model in union", two, speeds.get(KNOWN)),
        ]
    found.append(Bar(f"columns, times {PEER}, values alone", 20.0, peer / own if peer and own else None))
    return found


def _corpus(by_name: Mapping[str, Mapping[str, Scores]], name: str, *, whole: bool = False) -> Mapping[str, Scores]:
    return next(
        (
            scores
            for title, scores in by_name.items()
            if title.lower() == name.lower() or (not whole and title.lower().startswith(name.lower()))
        ),
        {},
    )


def _kinds(scores: Mapping[str, Scores], *, without: str) -> list[str]:
    kinds = scores[OURS].entities if OURS in scores else {}
    return [kind for kind in kinds if kind not in {"all", without}]


def _recall(scores: Mapping[str, Scores], system: str, kinds: Iterable[str]) -> float | None:
    """Return recall of some kinds together, each weighed by its count; None where the run has none of them."""
    if system not in scores:
        return None
    figures = [figure for kind in kinds if (figure := scores[system].entities.get(kind)) is not None and figure.of]
    total = sum(figure.of for figure in figures)
    return sum(figure.value * figure.of for figure in figures) / total if total else None
