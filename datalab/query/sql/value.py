"""Values in SQL: texts, numbers, TRUE, FALSE, dates and the levels of quantiles."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from sqlglot import exp

from datalab.query.model import Literal
from datalab.query.sql.refusal import part_refusal, refusal
from datalab.query.written.value import MAX_COUNT, MAX_NUMBER

_DECIMAL = re.compile(r"\d{0,18}(?:\.\d{0,18})?", re.ASCII)
_TENS = 10**18


def literal(node: exp.Expr) -> Literal:
    """Return a value written in SQL: a text, a number, TRUE, FALSE, or DATE '...' as its text.

    Raises:
        QueryError: if it is anything else.
    """
    match node:
        case exp.Boolean():
            return bool(node.this)
        case exp.Neg(this=exp.Literal() as positive) if not positive.is_string:
            return -_number(positive)
        case exp.Literal() if node.is_string:
            return str(node.this)
        case exp.Literal():
            return _number(node)
        case exp.Cast(this=exp.Literal() as text) if text.is_string and node.to.is_type("date"):
            return str(text.this)
        case _:
            raise part_refusal(node, "place of a value")


def _number(node: exp.Literal) -> int | float:
    text = str(node.this)
    try:
        read = int(text) if text.isdecimal() else float(text)
    except ValueError:  # Python reads at most 4,300 digits
        read = math.inf
    if not math.isfinite(read) or (isinstance(read, int) and read.bit_length() > 63):  # noqa: PLR2004 - 64-bit columns
        raise refusal("A number is too large", "numbers are those of 64 bits", "Write a smaller one.")
    return read


def number(node: exp.Expr) -> int | float:
    """Return a number to calculate with, a whole one as a whole number; raises QueryError if it is none."""
    read = literal(node)
    if isinstance(read, bool | str) or abs(read) > MAX_NUMBER:
        raise refusal("A number is needed here", f"it lies between ±{MAX_NUMBER:,}", "Write a number.")
    return int(read) if read == int(read) else read


def whole(node: exp.Expr) -> int:
    """Return a whole number, negative ones too; raises QueryError if it is none."""
    read = number(node)
    if not isinstance(read, int) or abs(read) > MAX_COUNT:
        raise refusal("A whole number is needed here", f"it lies between ±{MAX_COUNT:,}", "Write a whole number.")
    return read


def is_whole(node: exp.Expr) -> bool:
    """Return whether a value is a whole number as it is written."""
    number_ = node.this if isinstance(node, exp.Neg) else node
    return isinstance(number_, exp.Literal) and not number_.is_string and str(number_.this).isdecimal()


def level(node: exp.Expr) -> Fraction:
    """Return the level of a quantile: a decimal, or a division of whole numbers; raises QueryError if it is none."""
    if isinstance(node, exp.Div):
        below = whole(node.expression)
        if below:
            return Fraction(whole(node.this), below)
    text = str(node.this) if isinstance(node, exp.Literal) and not node.is_string else ""
    if not _DECIMAL.fullmatch(text) or not any(map(str.isdecimal, text)):
        raise refusal("A level is needed here", "it is written exactly", "Write 0.9, or 1 / 3.")
    return Fraction(text)


def value(stated: Literal) -> exp.Expr:
    """Return a value as SQL."""
    match stated:
        case bool():
            return exp.true() if stated else exp.false()
        case str():
            return exp.Literal.string(stated)
        case int() | float():
            positive = exp.Literal.number(repr(abs(stated)))
            return exp.Neg(this=positive) if stated < 0 else positive


def level_value(stated: Fraction) -> exp.Expr:
    """Return the level of a quantile as SQL: a decimal where one is exact."""
    tens = stated * _TENS
    if tens.denominator == 1 and 0 <= stated < 1:
        return exp.Literal.number(f"0.{tens.numerator:018d}".rstrip("0"))
    return exp.Div(this=value(stated.numerator), expression=value(stated.denominator))
