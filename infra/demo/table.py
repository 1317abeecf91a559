"""The end of the demonstration: what was released, beside what is true."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from datalab.privacy.answer import Answer, Estimate
from datalab.release.bundle.document import verify_bundle
from infra.demo.truth import Truth


def comparison(truth: Truth, pupils: Path, suspects: Path, *, public_key: bytes) -> Table:
    """Return released figures with their 95 % intervals beside the truth, by absence band.

    Args:
        truth: exact counts of the sample county.
        pupils: bundle that answers `infra.demo.questions.pupils`.
        suspects: bundle that answers `infra.demo.questions.suspects`.
        public_key: the lab's, PEM.
    """
    answer = verify_bundle(pupils, public_key).answer
    first = _figures(answer)
    second = _figures(verify_bundle(suspects, public_key).answer)
    table = Table(
        title="Autumn term 2023: absence from school and antisocial behaviour (released, 95 % interval, truth)"
    )
    table.add_column("absence")
    for column in (
        "pupils",
        "true",
        "sessions missed, mean",
        "true",
        "suspects",
        "true",
        "suspects a 100 pupils",
        "true",
    ):
        table.add_column(column, justify="right")
    for band in (cell.keys[0] for cell in answer.cells):
        exact = truth.pupils.get(band, 0)
        known, wanted = truth.suspects.get(band, 0), second[band, "units"]
        enrolled = first[band, "units"]
        table.add_row(
            band,
            _shown(enrolled, 0),
            f"{exact:,}",
            _shown(first[band, "absence_sessions_mean"], 1),
            f"{truth.sessions_missed[band]:.1f}" if exact else "-",
            _shown(wanted, 0),
            f"{known:,}",
            _rate(wanted, enrolled),
            f"{100 * known / exact:.1f}" if exact else "-",
        )
    return table


def _figures(answer: Answer) -> dict[tuple[str, str], Estimate]:
    names = [measure.name for measure in answer.measures]
    return {
        (cell.keys[0], name): estimate
        for cell in answer.cells
        for name, estimate in zip(names, cell.estimates, strict=True)
    }


def _rate(part: Estimate, whole: Estimate) -> str:
    """Return a rate a hundred, or words where noise leaves nothing to divide by: post-processing, which is free."""
    if part.value is None or whole.value is None or (whole.low or 0) <= 0:
        return "too noisy"
    return f"{100 * max(0, part.value) / whole.value:.1f}"


def _shown(estimate: Estimate, digits: int) -> str:
    if estimate.value is None:
        return "-"
    low, high = ("no limit" if end is None else f"{end:,.{digits}f}" for end in (estimate.low, estimate.high))
    return f"{estimate.value:,.{digits}f} ({low} to {high})"
