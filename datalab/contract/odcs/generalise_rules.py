"""The rules of a column's generalisation: that it fits its treatment, type, bounds and domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from datalab.contract.generalisation import (
    MAX_LABELS,
    OTHER,
    AgeBand,
    DateShift,
    DateTo,
    Microaggregate,
    NumberBand,
    Others,
    PostcodeArea,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import LogicalType, Treatment
from datalab.contract.odcs.read_column import ReadColumn
from datalab.contract.published import MISSING

NUMERIC = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})
DATED = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})
TREATMENT, GENERALISE = "datalab.treatment", "datalab.generalise"
FITS: Mapping[type, frozenset[LogicalType]] = {
    DateTo: DATED,
    DateShift: DATED,
    AgeBand: DATED,
    NumberBand: NUMERIC,
    TopCode: NUMERIC,
    Microaggregate: NUMERIC,
    PostcodeDistrict: frozenset({LogicalType.STRING}),
    PostcodeArea: frozenset({LogicalType.STRING}),
    Others: frozenset({LogicalType.STRING}),
}
"""Types that each generalisation can be applied to."""


def _generalisation(column: ReadColumn) -> None:
    stated = not column.absent(GENERALISE)
    if column.treatment is Treatment.GENERALISE and not stated:
        column.fault(TREATMENT, "The treatment is generalise, and nothing says how.", f"Add `{GENERALISE}`.")
    if column.treatment not in (None, Treatment.GENERALISE) and stated:
        what = f"`{GENERALISE}` stands here, but the treatment is {column.treatment}."
        column.fault(GENERALISE, what, "Remove it, or write treatment generalise.")
    how, kind = column.generalisation, column.logical_type
    if how is None or kind is None:
        return
    if kind not in FITS[type(how)]:
        what = f"This generalisation does not fit a {kind} column."
        column.fault(GENERALISE, what, f"It is for: {', '.join(sorted(FITS[type(how)]))}.")
    if isinstance(how, NumberBand | AgeBand) and how.top is not None and how.top % how.width:
        column.fault(
            GENERALISE, "`top` lies inside a band, so two bands would overlap.", "Use a multiple of the width."
        )
    if isinstance(how, TopCode):
        _top_code(column, how)
    if isinstance(how, Others):
        _others(column, how)


def _others(column: ReadColumn, how: Others) -> None:
    listed = (*how.kept, *how.joined)
    if column.domain is not None:
        column.fault(GENERALISE, "The categories are the domain already.", "Remove `enum`: the treatment gives it.")
    check_labels(column, GENERALISE, how.labels())
    if len(set(listed)) < len(listed) or OTHER in how.kept:
        what = f"A category stands twice, or {OTHER} is kept, which others become."
        column.fault(GENERALISE, what, f"List each category once; join {OTHER} where the extract has it.")


def _top_code(column: ReadColumn, how: TopCode) -> None:
    if how.bottom is not None and not how.bottom < how.limit:
        column.fault(GENERALISE, "`bottomCode` is not below `topCode`.", "Write the smaller number as bottomCode.")
    if column.logical_type is LogicalType.INTEGER and any(end != int(end) for end in (how.limit, how.bottom or 0)):
        column.fault(
            GENERALISE, "`topCode` and `bottomCode` of an integer column must be whole.", "Write it without a fraction."
        )
    if column.bounds is not None and column.logical_type in NUMERIC:
        lower, upper = column.bounds.lower, column.bounds.upper
        if isinstance(lower, int | float) and isinstance(upper, int | float) and not lower < how.limit <= upper:
            column.fault(GENERALISE, "`topCode` lies outside the stated bounds.", "Put it between minimum and maximum.")


def check_labels(column: ReadColumn, key: str, labels: tuple[str, ...]) -> None:
    """What a column can hold is public: few enough to list, and told apart from each other and from the lab's own."""
    if len(labels) > MAX_LABELS:
        column.fault(key, f"The domain has {len(labels):,} labels; at most {MAX_LABELS:,} can be listed.", COARSER)
    if any(label != label.strip() or not label.isprintable() or label == MISSING for label in labels):
        what = f"A label has blanks at its ends or control characters, or is {MISSING}, which the lab uses itself."
        column.fault(key, what, "Write labels as they stand in the extract, without blanks around them.")


COARSER = "Generalise to coarser bands, or use a narrower range."


def check_bands(column: ReadColumn, domain: tuple[str, ...]) -> None:
    """A stated domain of bands may only hold bands that the generalisation can give."""
    if isinstance(column.generalisation, PostcodeDistrict | PostcodeArea):
        possible = {column.generalisation.label(label) for label in domain}
    else:
        made = _made(column)
        if made is None:
            return
        possible = set(made)
    strangers = [label for label in domain if label not in possible]
    if strangers:
        what = f"The generalisation can never give {', '.join(map(repr, strangers[:5]))}."
        column.fault("enum", what, "List generalised values, or remove `enum`: bounds give the list of bands.")


def _public_set(column: ReadColumn) -> None:
    made = _made(column)
    if made is not None and len(made) > MAX_LABELS:
        column.fault(GENERALISE, f"The bounds give more than {MAX_LABELS:,} bands.", COARSER)


def _made(column: ReadColumn) -> tuple[str, ...] | None:
    """List the bands that bounds and generalisation give, where the column is sound enough to tell."""
    bounds, how, kind = column.bounds, column.generalisation, column.logical_type
    if bounds is None or how is None or kind not in FITS[type(how)] or bounds.lower > bounds.upper:  # type: ignore[operator] # of one type
        return None
    match how:
        case DateTo() | AgeBand():
            return how.labels(bounds.lower, bounds.upper)  # type: ignore[arg-type] # FITS says they are dates
        case NumberBand():
            return how.labels(bounds.lower, bounds.upper)  # type: ignore[arg-type] # FITS says they are numbers
        case _:
            return None


GENERALISATION_RULES: tuple[Callable[[ReadColumn], None], ...] = (_generalisation, _public_set)
"""Every rule of a generalisation that stands for itself."""
