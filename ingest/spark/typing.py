"""From text cells to typed columns, as the contract states them; what does not fit is blanked, and counted by quality.

All of it is expressions of Spark's own, with `try_` forms: under ANSI a failed cast raises an error that quotes the
cell (law 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from datalab.contract.model import Column, LogicalType, MatchKind, Treatment
from ingest.readers.batches import ROW
from ingest.spark.date_format import TWO_DIGIT_YEAR, java_format

_INTEGER = r"\A[+-]?[0-9]{1,18}(\.0*)?\z"
_NUMBER = r"\A[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\z"
_DATE = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_TIMESTAMP = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?\z"
)
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_PIVOT = 2068
"""Last year that two digits can mean."""


def validity(name: str) -> str:
    """Return the column that says whether a cell was valid: null where it was missing."""
    return f"_valid__{name}"


def type_rows(rows: DataFrame, columns: Sequence[Column]) -> DataFrame:
    """Return `_row`, each column typed with its invalid cells blanked, and each column's validity.

    A cell is invalid if it is not of the column's type, does not match its pattern in full, stands outside its
    domain or its stated bounds, or is an NHS number whose check digit is wrong. A generalised column's domain lists its
    generalised values, so it is judged after treatment.
    """
    typed = rows.select(
        ROW, *(_cell(column.name).alias(column.name) for column in columns), *(_typed(column) for column in columns)
    )
    judged = typed.select(
        ROW,
        *(_cell(_value(column.name)).alias(column.name) for column in columns),
        *(_judged(column).alias(validity(column.name)) for column in columns),
    )
    return judged.select(
        ROW,
        *(
            F.when(_cell(validity(column.name)), _cell(column.name)).otherwise(F.lit(None)).alias(column.name)
            for column in columns
        ),
        *(_cell(validity(column.name)) for column in columns),
    )


def _value(name: str) -> str:
    return f"_value__{name}"


def _cell(name: str) -> Expression:
    return F.col(f"`{name.replace('`', '``')}`")


def _typed(column: Column) -> Expression:
    return _parsed(_cell(column.name), column).alias(_value(column.name))


def _parsed(cell: Expression, column: Column) -> Expression:
    return _PARSERS[column.logical_type](cell, column)


def _string(cell: Expression, column: Column) -> Expression:
    del column
    return cell


def _integer(cell: Expression, column: Column) -> Expression:
    del column
    text = F.trim(cell)
    return F.when(text.rlike(_INTEGER), F.split(text, r"\.")[0].try_cast("bigint"))


def _number(cell: Expression, column: Column) -> Expression:
    del column
    text = F.trim(cell)
    number = F.when(text.rlike(_NUMBER), text.try_cast("double"))
    return F.when(F.abs(number) < float("inf"), number)


def _boolean(cell: Expression, column: Column) -> Expression:
    del column
    word = F.lower(F.trim(cell))
    return F.when(word.isin(*_TRUE), F.lit(True)).when(word.isin(*_FALSE), F.lit(False))  # noqa: FBT003 - literals of Spark's


def _date(cell: Expression, column: Column) -> Expression:
    text = F.trim(cell)
    if column.date_format is None:
        return F.when(text.rlike(_DATE), text.try_cast("date"))
    return _by_format(text, column.date_format).cast("date")


def _timestamp(cell: Expression, column: Column) -> Expression:
    text = F.trim(cell)
    if column.date_format is None:
        return F.when(text.rlike(_TIMESTAMP), text.try_cast("timestamp"))
    return _by_format(text, column.date_format)


_PARSERS: Mapping[LogicalType, Callable[[Expression, Column], Expression]] = {
    LogicalType.STRING: _string,
    LogicalType.INTEGER: _integer,
    LogicalType.NUMBER: _number,
    LogicalType.BOOLEAN: _boolean,
    LogicalType.DATE: _date,
    LogicalType.TIMESTAMP: _timestamp,
}


def _by_format(text: Expression, strptime_format: str) -> Expression:
    moment = F.try_to_timestamp(text, F.lit(java_format(strptime_format)))
    if TWO_DIGIT_YEAR not in strptime_format:
        return moment
    century = F.make_ym_interval(F.lit(100), F.lit(0))
    return F.when(F.year(moment) > _PIVOT, moment - century).otherwise(moment)


def _judged(column: Column) -> Expression:
    """Return null for a missing cell, else whether it is valid."""
    raw, value = _cell(column.name), _cell(_value(column.name))
    rules = [value.isNotNull()]
    if column.pattern is not None:
        rules.append(raw.rlike(rf"\A(?:{column.pattern})\z"))
    if column.domain is not None and column.treatment is not Treatment.GENERALISE:
        rules.append(value.cast("string").isin(*column.domain))
    if column.bounds is not None:
        number = value.cast("date") if isinstance(column.bounds.lower, date) else value
        rules.append(number.between(F.lit(column.bounds.lower), F.lit(column.bounds.upper)))
    if column.match is MatchKind.NHS_NUMBER:
        rules.append(_nhs_number_holds(raw))
    holds = rules[0]
    for rule in rules[1:]:
        holds = holds & F.coalesce(rule, F.lit(False))  # noqa: FBT003 - a literal of Spark's
    return F.when(raw.isNotNull(), holds)


def _nhs_number_holds(cell: Expression) -> Expression:
    """Say whether ten digits, weighted 10 down to 1, add up to a multiple of 11 (NHS Data Dictionary, NHS NUMBER).

    The rule of `anonymise.validity.is_nhs_number`, which also refuses one digit ten times.
    """
    digits = F.regexp_replace(cell, r"[\s-]", "")
    total = sum((F.substring(digits, place, 1).try_cast("int") * (11 - place) for place in range(1, 11)), F.lit(0))
    return digits.rlike(r"\A(?!(.)\1{9})[0-9]{10}\z") & (total % 11 == 0)
