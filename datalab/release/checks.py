"""What author and reviewer both see of a question: remarks that need no data and spend nothing.

They decide nothing. What must be refused was refused when the question was compiled; these say where to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from datalab.contract.model import PrivacyUnit
from datalab.privacy.accounts.account import Account
from datalab.privacy.accuracy import Bias, MeasurePreview, Preview
from datalab.privacy.budget import Budget
from datalab.privacy.certainty import risk
from datalab.privacy.digits import significant
from datalab.query.choices import choices_of
from datalab.release.case import Case
from datalab.release.clause import LOOK
from datalab.release.literals import bare, literals_of
from datalab.release.request import ReleaseRequest, RequestState

LARGE_SHARE = 4
"""A question that takes more than one part in so many of what was left of an account is worth a look."""
MANY_BITS = 256
"""Choices of a question that could carry so much are worth a look: some 32 letters."""
OVER = frozenset({RequestState.FAILED, RequestState.WITHDRAWN})
"""States of earlier requests that nobody learned anything from."""


class Weight(StrEnum):
    """How much attention a remark asks for."""

    NOTE = "note"
    LOOK = "look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to know about a question before deciding on it."""

    topic: str
    text: str
    weight: Weight = Weight.NOTE


def remarks_of(
    case: Case,
    preview: Preview,
    *,
    bias: Bias,
    accounts: Mapping[str, Account | None],
    earlier: Iterable[ReleaseRequest],
) -> tuple[Remark, ...]:
    """Return every remark on a question, in a fixed order.

    Args:
        case: what is asked of what.
        preview: its cost and expected error.
        bias: what is known of rows that its bounds leave out.
        accounts: the accounts that pay, as they stand; None for one that was never granted anything.
        earlier: the same project's other requests.
    """
    return (
        _cost(preview),
        *(_remaining(name, account, preview) for name, account in accounts.items()),
        *_bounds(case, bias),
        _cells(case, preview),
        *(_error(measure, grouped=bool(case.question.query.group_by)) for measure in preview.measures),
        *([Remark(topic="error", text=preview.holds)] if preview.holds else []),
        *(
            Remark(topic=topic, text=text, weight=Weight.LOOK if LOOK in text else Weight.NOTE)
            for topic, text in literals_of(case.question.query)
        ),
        _choices(case),
        *_overlaps(case, earlier),
    )


def attestation_of(request: ReleaseRequest) -> tuple[Remark, ...]:
    """Return a remark on a request of which the audit log attests nothing yet; nothing on any other."""
    if request.salt is not None:
        return ()
    text = "It was made before the audit log attested of requests: nothing shows that its answer is the one drawn."
    return (Remark(topic="audit log", text=text, weight=Weight.LOOK),)


def _cost(preview: Preview) -> Remark:
    if preview.cost == Budget(0):
        return Remark(topic="cost", text="Nothing: the data is public.")
    text = f"{preview.cost.about}, which is epsilon {preview.epsilon} at delta {float(preview.delta):g}."
    return Remark(topic="cost", text=f"{text} {risk(preview.cost, preview.delta)}")


def _remaining(name: str, account: Account | None, preview: Preview) -> Remark:
    topic = f"budget {name}"
    if account is None:
        return Remark(topic=topic, text="Nothing was ever granted.", weight=Weight.LOOK)
    text = f"{account.remaining} of {account.granted} remain."
    cost = preview.cost
    large = not account.remaining.covers(Budget(cost.nano_rho * LARGE_SHARE, cost.atto_delta * LARGE_SHARE))
    return Remark(topic=topic, text=text, weight=Weight.LOOK if large else Weight.NOTE)


def _bounds(case: Case, bias: Bias) -> Iterable[Remark]:
    if case.schemas[case.question.query.dataset].privacy_unit is not PrivacyUnit.PUBLIC:
        yield Remark(topic="bounds", text=bias.text, weight=Weight.NOTE if bias.none else Weight.LOOK)


def _cells(case: Case, preview: Preview) -> Remark:
    if case.question.query.discover is not None:
        chances = ", ".join(f"that {one.units:,} have in {one.chance:.2g}" for one in preview.telling)
        text = (
            "The answer names values that stand in the data: those that many units share. A value is told where the "
            f"number of units ({preview.privacy_unit}) that have it, with noise, is {preview.threshold:,} or more: one "
            f"{chances} of 1 answer."
        )
        return Remark(topic="cells", text=text, weight=Weight.LOOK)
    text = f"The answer has {preview.cells:,} cells; all of them are listed by the contract."
    return Remark(topic="cells", text=text)


def _error(measure: MeasurePreview, *, grouped: bool) -> Remark:
    topic = f"error {measure.title}"
    if measure.half_width is not None:
        within = f"95 of 100 figures are within ±{significant(measure.half_width, 4)} {measure.unit}."
        said = [within] if isfinite(measure.half_width) else []
        weight = Weight.LOOK if measure.assumes else Weight.NOTE
        return Remark(topic=topic, text=" ".join(filter(None, (*said, measure.assumes))), weight=weight)
    unit = f" ({measure.unit})" if measure.unit else ""
    useful = ". ".join(f"For {one.count:,} {measure.counted}: {one.within}" for one in measure.sizes if not one.no_use)
    useless = [one for one in measure.sizes if one.no_use]
    said = [f"How far 95 of 100 figures{unit} are off. {useful}."] if useful else []
    if useless:
        few = f"For {useless[-1].count:,} {measure.counted} or fewer"
        said.append(f"{few} a figure is of no use: {useless[-1].no_use}.")
    said += [*_open(measure, grouped=grouped), measure.assumes]
    return Remark(topic=topic, text=" ".join(said))


def _open(measure: MeasurePreview, *, grouped: bool) -> Iterable[str]:
    """Say in which groups an end of a quantile's interval is hardly better than what the contract states anyway."""
    hardly = [one for one in measure.sizes if one.is_open and not one.no_use]
    if hardly:
        larger = "of larger groups, " if grouped else ""
        yield (
            f"For {hardly[-1].count:,} {measure.counted} or fewer its ranks reach the least or the greatest value: "
            f"that end of its interval is hardly better than the stated bound. Ask {larger}with more budget, or at a "
            "level nearer to the middle."
        )


def _choices(case: Case) -> Remark:
    """Say how much of a message the author's own choices could carry out of the lab with the answer."""
    chosen = choices_of(case.question, case.schemas)
    text = (
        f"What the author chose could carry at most {chosen.total:,.0f} bits: names {chosen.names:,.0f}, values "
        f"{chosen.values:,.0f}, order {chosen.order:,.0f}, price and bounds {chosen.price:,.0f}."
    )
    return Remark(topic="choices", text=text, weight=Weight.LOOK if chosen.total > MANY_BITS else Weight.NOTE)


def _overlaps(case: Case, earlier: Iterable[ReleaseRequest]) -> Iterable[Remark]:
    """Say which earlier questions looked at the same data, and which differ in their conditions alone.

    Two answers that differ by a condition tell about the rows in between. Their noise and the ledger bound how much;
    a reviewer should still know that they were asked side by side.
    """
    known = [one for one in earlier if one.state not in OVER]
    same = [one.id for one in known if set(one.versions) & set(case.exhibits)]
    alike = [
        one.id for one in known if one.fingerprint != case.fingerprint and bare(one.question) == bare(case.question)
    ]
    again = [one.id for one in known if one.fingerprint == case.fingerprint]
    if same:
        yield Remark(topic="overlap", text=f"{len(same)} other requests of this project ask of the same datasets.")
    if alike:
        yield Remark(
            topic="overlap",
            text=f"Differs only in its conditions, other values or price from {', '.join(alike)}.",
            weight=Weight.LOOK,
        )
    if again:
        states = ", ".join(f"{one.id} ({one.state.value})" for one in known if one.id in again)
        yield Remark(topic="overlap", text=f"The same question stands in {states}.", weight=Weight.LOOK)
