"""Answers as CSV that a spreadsheet cannot be tricked by.

A spreadsheet runs a text cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula (OWASP, CSV
Injection; ASVS 5.0, 1.2.10). Labels come from a contract and names from a question's author, so both are text that
somebody else wrote: each such cell is given an apostrophe, which spreadsheets show as text. Figures are numbers and
stay as they are, minus sign and all.
"""

from __future__ import annotations

import csv
import io

from datalab.privacy.answer import Answer

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet reads as the beginning of a formula."""


def answer_to_csv(answer: Answer) -> str:
    """Render an answer: one row a cell; for each measure its value and the ends of its 95 % interval."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    figures = [f"{measure.name}{end}" for measure in answer.measures for end in ("", "_low", "_high")]
    writer.writerow([_text(name) for name in (*answer.keys, *figures)])
    for cell in answer.cells:
        ends = [end for one in cell.estimates for end in (one.value, one.low, one.high)]
        writer.writerow([*map(_text, cell.keys), *("" if end is None else repr(end) for end in ends)])
    return out.getvalue()


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text
