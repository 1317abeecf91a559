"""From text to one SELECT: size, characters, statements and nesting are looked at before anything is parsed.

The parser that is used reads far more than the subset, and some of that in time that doubles with each bracket. So a
text is turned away by its tokens where these alone show that it is not in the subset.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from datalab.errors import QueryError
from datalab.query.reader import MAX_QUESTION_BYTES
from datalab.query.sql.place import at_place, characters_refusal, hints, unclosed
from datalab.query.sql.refusal import clause_refusal, refusal
from datalab.query.sql.told import NESTED, STATEMENTS, TOKENS

MAX_TOKENS = 20_000
"""Most words, values and signs of one question."""
MAX_BRACKETS = 64
"""Deepest nesting of brackets: more than conditions of the deepest nesting need."""
DOCUMENTATION = "docs/questions-in-sql.md"
_SETS = {TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT}
_ONE_SELECT = "A question in SQL is one SELECT"
_EXPECTED = re.compile(r"Expecting (\S+)")


def read_statement(text: str) -> exp.Select:
    """Return the one SELECT of a text.

    Raises:
        QueryError: if it is too large, is not SQL, or is another statement or several; it says where and what works.
        RecursionError: if it nests so deep, without brackets, that Python gives up.
    """
    if not isinstance(text, str):
        raise QueryError("A question in SQL is a text.", remedy='Write sql("SELECT COUNT(*) FROM dataset").')
    if len(text) > MAX_QUESTION_BYTES or len(text.encode(errors="replace")) > MAX_QUESTION_BYTES:
        raise QueryError(
            "The question is too large.",
            why=f"The lab reads at most {MAX_QUESTION_BYTES:,} bytes.",
            remedy="Shorten it: lists of values and names of figures where it has long ones, or ask two questions.",
        )
    characters_refusal(text)
    try:
        tokens = sqlglot.tokenize(text)
        _check_kind(tokens)
        _check_tokens(text, tokens)
        # A text may end in ; and a comment may follow that: the parser makes a statement of it that says nothing.
        statements = [one for one in sqlglot.parse(text) if one is not None and not isinstance(one, exp.Semicolon)]
    except SqlglotError as error:
        raise _not_sql(text, error) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise _other_statement("", "")
    return statements[0]


def _check_kind(tokens: Sequence[Token]) -> None:
    """Turn away other statements before they are parsed: the parser would write what it cannot read into a log."""
    first = tokens[0].text.upper() if tokens else ""
    if first in ("", ";"):
        raise refusal(f"{_ONE_SELECT}, and this text holds no statement", *STATEMENTS["EMPTY"])
    if first == "WITH":
        raise clause_refusal("with_")
    if first != "SELECT":
        raise _other_statement(first, "")
    _check_top(tokens)
    _check_missing_first(tokens)
    for before, token in enumerate(tokens[1:]):
        if token.token_type in _SETS:
            raise _other_statement(token.text.upper(), f"{token.text.upper()} cannot be answered. ")
        if tokens[before].token_type is TokenType.SEMICOLON and token.token_type is not TokenType.SEMICOLON:
            raise refusal("Several statements stand in one text, parted by ;", *STATEMENTS[";"])


def _check_top(tokens: Sequence[Token]) -> None:
    """Turn away `SELECT TOP 5`, which the parser takes for a column called top."""
    listed = next(place for place in range(1, len(tokens) + 1) if place == len(tokens) or not _leads(tokens[place]))
    words = [token.text.upper() for token in tokens[listed : listed + 2]]
    if words[:1] == ["TOP"] and (words[1:] == ["("] or words[-1].isdecimal()):
        raise clause_refusal("top")


def _check_missing_first(tokens: Sequence[Token]) -> None:
    """Turn away `NULLS FIRST`, which the parser takes for what nobody wrote; last, they are as everywhere here."""
    words = [token.text.upper() for token in tokens if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)]
    for word, place in itertools.pairwise(words):
        if (word, place) == ("NULLS", "FIRST"):
            raise refusal(
                "NULLS FIRST is not read",
                "a row without a value is in no quantile and is nobody's first row, and figures are put in order after "
                "the noise",
                "Leave NULLS FIRST out.",
            )


def _leads(token: Token) -> bool:
    return token.text.upper() in ("ALL", "DISTINCT")


def _other_statement(word: str, before: str) -> QueryError:
    why, remedy = STATEMENTS.get(word, STATEMENTS[""])
    begins = f", and this begins with {word}" if word in STATEMENTS and word.isalpha() and not before else ""
    return refusal(f"{before}{_ONE_SELECT}{begins}", why, remedy)


def _check_tokens(text: str, tokens: Sequence[Token]) -> None:
    """Refuse what no question needs and the parser could spend hours on."""
    if len(tokens) > MAX_TOKENS:
        raise refusal("The question is too long", f"it may have {MAX_TOKENS:,} words and signs", "Ask in several.")
    depth = 0
    for place, token in enumerate(tokens):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth > MAX_BRACKETS:
            raise refusal("The question nests too deep", f"brackets may nest {MAX_BRACKETS} deep", "Simplify it.")
        name = token.token_type.name
        following = tokens[place + 1].token_type if place + 1 < len(tokens) else None
        if name in NESTED and following in (TokenType.L_PAREN, TokenType.LT):
            name = "L_BRACKET"
        if token.token_type is TokenType.VAR and token.text.startswith("$"):
            name = "PARAMETER"
        if name in TOKENS:
            raise _not_read(text, name, token.start, token.end + 1)
    known = {token.start for token in tokens if token.token_type is TokenType.HINT}
    for start in hints(text):
        if start not in known:
            raise _not_read(text, "LATE_HINT", start, start + len("/*+"))


def _not_read(text: str, name: str, start: int, end: int) -> QueryError:
    why, remedy = TOKENS[name]
    where = at_place(text, start, end)
    return QueryError(
        f"This is not read {where.where}.", why=f"{why[0].upper()}{why[1:]}: {where.around}.", remedy=remedy
    )


def _not_sql(text: str, error: SqlglotError) -> QueryError:
    """Return where a text stops being SQL, with its own words: whoever wrote them is the one who reads them."""
    remedy = f"Correct it there; {DOCUMENTATION} shows what is read."
    told = (error.errors or [{}])[0] if isinstance(error, ParseError) else {}
    if told.get("line"):
        lines = text.splitlines(keepends=True)
        end = sum(map(len, lines[: told["line"] - 1])) + told["col"]
        where = at_place(text, max(end - len(told.get("highlight") or ""), 0), end)
        expected = _EXPECTED.fullmatch(str(told.get("description")))
        missing = f"{expected[1]} is missing after this: " if expected else "It cannot be read from here: "
        return QueryError(f"The question is not SQL {where.where}.", why=f"{missing}{where.around}.", remedy=remedy)
    start = unclosed(text)
    if start is None:
        return QueryError("The question is not SQL.", remedy=f"Compare it with {DOCUMENTATION}.")
    where = at_place(text, start, start + 1)
    return QueryError(
        f"The question is not SQL {where.where}.",
        why=f"A quote or a comment begins here and does not end: {where.around}.",
        remedy="Close it; a quote inside a text is written twice, as in 'it''s'.",
    )
