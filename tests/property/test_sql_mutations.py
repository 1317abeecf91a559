# ruff: noqa: S608 - SQL is what is tested
"""SQL spliced, mutated and repeated at random: a question or a refusal comes of it, soon, and nothing else."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalab.errors import QueryError
from datalab.query.build import Asking
from datalab.query.reader import MAX_QUESTION_BYTES
from datalab.query.sql.reader import sql
from datalab.query.sql.writer import to_sql

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = [
    text
    for name in ("questions-in-sql.md", "questions.md")
    for text in re.findall(r"```sql\n(.*?)```", (DOCS / name).read_text(), re.DOTALL)
]
WORDS = [re.findall(r"\w+|'[^']*'|\s+|.", text) for text in EXAMPLES]
STRANGE_WORDS = (
    "( ) [ ] { } , ; . : :: ? @ $1 ~ -> => || <=> ' \" ` -- /* */ /*+ * / % ^ & | ! = == <> 0 -1 1e999 .5 0x1 NULL "
    "TRUE NOT IN IS LIKE BETWEEN CASE WHEN THEN END CAST AS OVER FILTER WITHIN GROUP BY ORDER LIMIT OFFSET FETCH "
    "QUALIFY HAVING DISTINCT ALL ANY EXISTS UNION EXCEPT JOIN LEFT CROSS LATERAL ON USING SELECT FROM WHERE WITH "
    "RECURSIVE INTERVAL DATE ARRAY STRUCT( MAP( LIST( UNNEST( ROLLUP CUBE GROUPING SETS PIVOT TABLESAMPLE FOR "
    "UPDATE INTO unit_id COUNT(*) unlisted( band( recode( clamp( GREATEST( MEDIAN( WEIGHTS( \x00 \ud800 \u202e é 表"
)
STRANGE = st.sampled_from(STRANGE_WORDS.split())
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "double", "insert", "splice", "swap"]), st.floats(0, 1), st.floats(0, 1), STRANGE
    ),
    min_size=1,
    max_size=6,
)
PIECES = st.lists(STRANGE | st.sampled_from(["a", "f(", "a.", "a AND ", "x -> ", "(a, ", "\n"]), min_size=1, max_size=3)
SOON = 10.0
"""Seconds that any text may take on a busy machine; it takes one or two on an idle one."""
_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def edited(words: list[str], edits: list[tuple[str, float, float, str]], other: list[str]) -> str:
    """Return the words of a text after some edits, each at a share of its length."""
    kept = list(words)
    for edit, begin, length, strange in edits:
        start = int(begin * len(kept))
        end = start + 1 + int(length * 8)
        middle = {"cut": [], "double": kept[start:end] * 2, "insert": [" ", strange, " ", *kept[start:end]],
                  "splice": other[start:end], "swap": kept[start:end][::-1]}[edit]  # fmt: skip
        kept[start:end] = middle
    return "".join(kept)


def read_or_refused(text: str) -> Asking | None:
    """Return the question of a text, or None where it is refused; nothing else may come of it, and soon."""
    begun = time.monotonic()
    try:
        return sql(text)
    except QueryError as refused:
        assert refused.what  # noqa: PT017 - either outcome is right
        assert refused.remedy  # noqa: PT017 - as above
        return None
    finally:
        assert time.monotonic() - begun < SOON


@given(words=st.sampled_from(WORDS), other=st.sampled_from(WORDS), edits=EDITS)
@settings(deadline=None, max_examples=600, suppress_health_check=_QUIET)
def test_a_mutated_example_is_read_or_refused(
    words: list[str], other: list[str], edits: list[tuple[str, float, float, str]]
) -> None:
    """An example with words cut, doubled, spliced and strange ones put in is a question, or refused with a remedy."""
    asking = read_or_refused(edited(words, edits, other))
    if asking is not None:
        try:
            text = to_sql(asking.query)
        except QueryError:
            return  # it has no figure, or the like: no SQL says it
        assert sql(text).query == asking.query


@given(pieces=PIECES, share=st.sampled_from([0.001, 0.01, 0.3, 1.0]), closed=st.booleans())
@settings(deadline=None, max_examples=120, suppress_health_check=_QUIET)
def test_a_text_that_repeats_as_far_as_it_may_is_refused_soon(pieces: list[str], share: float, *, closed: bool) -> None:
    """Whatever a text repeats, as often as its size allows, it is read or refused within seconds."""
    piece = " ".join(pieces)
    times = int(share * (MAX_QUESTION_BYTES - 100)) // (len(piece.encode(errors="replace")) + 2)
    read_or_refused(f"SELECT COUNT(*) FROM t WHERE {(piece + ' ') * times}1{')' * times * closed}")


@pytest.mark.parametrize(
    "piece", ["STRUCT(", "ARRAY[", "OBJECT(", "MAP(", "f(x -> ", "(SELECT ", "CAST(", "EXISTS(SELECT 1 FROM s WHERE "]
)
@pytest.mark.parametrize("deep", [8, 24, 60, 200])
def test_time_does_not_double_with_each_bracket(piece: str, deep: int) -> None:
    """What the parser reads in time that doubles with each level never reaches it."""
    read_or_refused(f"SELECT COUNT(*) FROM t WHERE a = {piece * deep}1{')' * deep}")


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """No text of an author stands in a log, whatever it is."""
    with caplog.at_level(logging.DEBUG):
        for text in ("SELECT 1; ALTER TABLE t SPLIT PARTITION x", "SELECT a FROM t; CREATE x y z", "ALTER x y", "("):
            read_or_refused(text)

    assert not caplog.records


def test_an_enormous_text_takes_little_memory() -> None:
    """The largest texts of each shape are refused within a gigabyte of address space."""
    program = """
import resource
from datalab.errors import QueryError
from datalab.query.sql.reader import sql
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
for piece in ("(", "a = 1 AND ", "'a', ", "NOT ", "a.", "STRUCT(", "/*", "1 + ", "f(", "COUNT(*), ", "a, "):
    try:
        sql("SELECT COUNT(*) FROM t WHERE " + piece * (65_000 // len(piece)))
    except QueryError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300)

    assert done.stdout.split() == ["refused"] * 11, done.stderr
