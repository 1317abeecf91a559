"""How values of the lab stand in SQL columns, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
"""Names of constraints: stated, so that a migration can find them on either database."""

SerialNumber = BigInteger().with_variant(Integer(), "sqlite")
"""Type of a column that counts up by itself: SQLite numbers only a column whose type is exactly INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps; refuse one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A stored time needs its zone."
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A document as JSON text, in the order it was written; tuples come back as lists.

    Text and not the databases' own JSON types: both keep the very same bytes, and nothing renumbers or reorders them.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401 - any JSON document
        """Render the document; refuse what is not JSON, such as NaN."""
        del dialect
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - any JSON document
        """Return the document."""
        del dialect
        return None if value is None else json.loads(value)


def to_json(document: Any) -> str:  # noqa: ANN401 - any JSON document
    """Render a document as compact JSON text."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def one_of(column: str, words: type[StrEnum]) -> str:
    """Return the text of a CHECK that a column holds one of an enumeration's words."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"
