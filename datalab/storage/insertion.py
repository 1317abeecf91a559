"""Inserting a row, or refusing it in words where a constraint of the database does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import IntegrityError

from datalab.errors import UserError


def insert_row(connection: Connection, table: Table, values: Mapping[str, Any], *, refusal: UserError) -> None:
    """Insert a row; raise `refusal` where a key, a reference or a check stands against it.

    The savepoint keeps the rest of the transaction usable on PostgreSQL. The database's own words are dropped: they
    can quote the row.
    """
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(**values))
    except IntegrityError:
        raise refusal from None
