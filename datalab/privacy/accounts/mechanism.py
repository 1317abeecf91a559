r"""Mechanisms as text: what a charge was computed from, so that it can be computed again at every upgrade.

The grammar, one line for a charge; `number` is a float as Python writes it, the others are whole:

    line      = "exact: public data" | part *( "; " part )
    part      = name ": " mechanism              name: any characters but ";", ":" and line ends
    mechanism = gaussian | threshold | search
    gaussian  = "discrete Gaussian, L2 sensitivity squared " whole ", scale " number
    threshold = "Gaussian threshold, L0 sensitivity " whole ", L2 sensitivity squared " whole
                ", Linf sensitivity " whole ", scale " number ", threshold " whole
    search    = "search of " whole " rounds, each discrete Gaussian, L2 sensitivity squared " whole ", scale " number

Stored lines are never rewritten, so a form is never changed and never removed: a mechanism that is new gets a class of
its own here, which writes and reads it. Reading gives back what was written, or refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import ClassVar

from datalab.errors import InternalError

EXACT = "exact: public data"
"""The line of an answer from public data: no mechanism, no cost."""
_NUMBER = r"\d+\.\d+(?:e[+-]\d+)?|\d+e[+-]\d+"
_PART = re.compile(r"([^;:\r\n]+): ([^;:\r\n]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscreteGaussian:
    """Discrete Gaussian noise on a vector of whole numbers (Canonne, Kamath and Steinke 2020, arXiv 2004.00010)."""

    FORM: ClassVar[str] = "discrete Gaussian, L2 sensitivity squared {l2_squared}, scale {scale!r}"

    l2_squared: int
    """Square of the vector's L2 sensitivity to one unit."""
    scale: float
    """Standard deviation parameter, above 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianThreshold:
    """Gaussian noise on counts by key, of which only those at a threshold or above are shown: rho and delta.

    The approximate part pays for the keys that one unit alone brings in (OpenDP, `make_gaussian_threshold`).
    """

    FORM: ClassVar[str] = (
        "Gaussian threshold, L0 sensitivity {l0}, L2 sensitivity squared {l2_squared}, Linf sensitivity {linf}, "
        "scale {scale!r}, threshold {threshold}"
    )

    l0: int
    """Most keys that one unit changes."""
    l2_squared: int
    """Square of how far it moves all counts together."""
    linf: int
    """Most that it moves one count."""
    scale: float
    """Standard deviation parameter, above 0."""
    threshold: int
    """Smallest noisy count that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianSearch:
    """Rounds of discrete Gaussian noise, each on a vector that is chosen by what the rounds before it told.

    The costs of the rounds add up (adaptive composition of zCDP: Bun and Steinke 2016, arXiv 1605.02065, lemma 2.3).
    """

    FORM: ClassVar[str] = (
        "search of {rounds} rounds, each discrete Gaussian, L2 sensitivity squared {l2_squared}, scale {scale!r}"
    )

    rounds: int
    """Vectors that are noised, one after another."""
    l2_squared: int
    """Square of the L2 sensitivity of each to one unit, whichever is chosen."""
    scale: float
    """Standard deviation parameter of each round, above 0."""


Mechanism = DiscreteGaussian | GaussianThreshold | GaussianSearch
KINDS: tuple[type[Mechanism], ...] = (DiscreteGaussian, GaussianThreshold, GaussianSearch)
"""Every mechanism that a stored charge can name."""


def write_mechanism(mechanism: Mechanism) -> str:
    """Render a mechanism."""
    stated = {field.name: getattr(mechanism, field.name) for field in fields(mechanism)}
    return mechanism.FORM.format(**stated)


def write_line(parts: tuple[tuple[str, Mechanism], ...]) -> str:
    """Render the mechanisms of a whole answer, each under the name of the part that it noised.

    Raises:
        InternalError: if a name could be taken for something else of the line.
    """
    for name, _ in parts:
        if _PART.fullmatch(f"{name}: x") is None:
            raise InternalError("A part of an answer has a name with a colon, a semicolon or a line end.")
    return "; ".join(f"{name}: {write_mechanism(mechanism)}" for name, mechanism in parts) or EXACT


def read_mechanism(text: str) -> Mechanism:
    """Read a mechanism.

    Raises:
        ValueError: if it is none that this version knows, not written as `write_mechanism` writes it, or of a scale
            or a whole number (sensitivity, rounds, threshold) that is not above 0.
    """
    for kind in KINDS:
        match = re.fullmatch(_pattern(kind), text)
        if match is not None:
            # The annotations of the classes above are `int` and `float`; they are texts, as every module's here.
            readers = {"int": int, "float": float}
            read = kind(**{field.name: readers[str(field.type)](match[field.name]) for field in fields(kind)})
            # No answer is of nothing: a sensitivity of 0 would make any release cost nothing.
            wholes = [getattr(read, field.name) for field in fields(kind) if field.type == "int"]
            is_noise = read.scale > 0 and min(wholes) > 0
            if is_noise and write_mechanism(read) == text:
                return read
    message = "This is no mechanism that the lab knows."
    raise ValueError(message)


def read_line(line: str) -> tuple[tuple[str, Mechanism], ...]:
    """Read the line of a whole answer: each part's name and its mechanism; none for public data.

    Raises:
        ValueError: if it is not written as `write_line` writes it.
    """
    if line == EXACT:
        return ()
    parts = []
    for text in line.split("; "):
        match = _PART.fullmatch(text)
        if match is None:
            message = "This is no part of a stored mechanism."
            raise ValueError(message)
        parts.append((match[1], read_mechanism(match[2])))
    return tuple(parts)


def _pattern(kind: type[Mechanism]) -> str:
    """Return the pattern that reads what a kind's form writes."""
    pattern = re.escape(kind.FORM)
    for field in fields(kind):
        number = _NUMBER if field.type == "float" else r"\d+"
        for placeholder in (f"{{{field.name}}}", f"{{{field.name}!r}}"):
            pattern = pattern.replace(re.escape(placeholder), f"(?P<{field.name}>{number})")
    return pattern
