"""Text as it may come in: UTF-8, without control characters, and not something else that happens to be text."""

from __future__ import annotations

import csv
import html
import io
import json
import pickletools
import re
from typing import Any

from datalab.errors import UploadError

CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
"""All but tab, line feed, form feed and carriage return."""
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that make code read in another order than it runs (CVE-2021-42574)."""
MARKUP = re.compile(
    r"\s*(?:<!--(?>.*?-->)\s*)*+<(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Atomic groups: a text of many comments must not take long to be told from a page."""
ACTIVE = re.compile(
    r"<\s*(?:script|iframe|frame|frameset|object|embed|applet|svg|math|style|template|link|meta|base|form)\b"
    r"|\bon[a-z]{3,30}\s*=\s*[\"']|(?:javascript|vbscript)\s*:|data\s*:\s*(?:text/html|image/svg|application/xhtml)"
    r"|[\s/\"'](?:srcdoc|formaction)\s*=",
    re.IGNORECASE,
)
"""What a browser would run if it took Markdown for a page."""
TAG = re.compile("<[a-z]", re.IGNORECASE)
HANDLER = re.compile(
    r"[\s/\"'>]on(?:abort|after|animation|aux|before|begin|blur|cancel|canplay|change|click|close|command|content|context"
    r"|copy|cue|cut|dblclick|drag|drop|duration|emptied|end|error|focus|form|fullscreen|gotpointer|hash|input|invalid|key"
    r"|language|load|lostpointer|message|mouse|offline|online|page|paste|pause|play|pointer|popstate|progress|ratechange"
    r"|ready|rejection|repeat|reset|resize|scroll|search|security|seek|select|show|slot|stalled|storage|submit|suspend"
    r"|timeupdate|toggle|touch|transition|unhandled|unload|volume|waiting|webkit|wheel)[a-z]*\s*=",
    re.IGNORECASE,
)
"""An event's handler (HTML, 8.1.8.2; SVG 2, 16.5), which needs no quotes; it is one where a tag stands before it."""
DROPPED = re.compile(r"[\t\r\n\\]")
"""What an address loses on its way: line ends and tabs to a browser (URL, 4.4), backslashes to Markdown."""
CODE_OF_PICKLE = frozenset({"GLOBAL", "STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "REDUCE", "BUILD"})
INTERPRETERS = {"python": "python", "r": "rscript"}
DEEPEST = 60
"""Levels of lists and objects in JSON."""
csv.field_size_limit(1 << 20)


def read_text(content: bytes) -> str:
    """Return a file's text.

    Raises:
        UploadError: if it is not UTF-8, or holds what no text holds.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UploadError(
            "That file is not text in UTF-8.",
            why="Its name says that it is text, and its content is something else, or in another encoding.",
            remedy="Save it as UTF-8 text, or give it the ending of what it is.",
        ) from None
    if CONTROL.search(text):
        raise UploadError(
            "That file is not plain text.",
            why="It holds control characters.",
            remedy="Save it as plain text, or give it the ending of what it is.",
        )
    if DIRECTION.search(text):
        raise UploadError(
            "That file holds marks that change the direction of writing.",
            why="With them, code reads otherwise than it runs.",
            remedy="Take them out (Unicode U+202A to U+202E and U+2066 to U+2069).",
        )
    return text


def check_text(text: str, kind: str) -> None:
    """Check that a text is of the kind that its name promises, and not a page, a pickle or a script of another kind.

    Raises:
        UploadError: if it is not.
    """
    if kind != "json" and MARKUP.match(text):
        raise UploadError(
            "That file is a page for a browser.", why="A browser would run it.", remedy="Bring its text alone."
        )
    if kind == "markdown" and is_active(text):
        raise UploadError(
            "That Markdown holds parts that a browser would run.", remedy="Take out scripts, frames and forms."
        )
    if _is_pickle(text):
        raise UploadError("That file is a pickle.", why="Opening it runs code.", remedy="Bring the data as Parquet.")
    if text.startswith("#!"):
        first = text.split("\n", 1)[0].lower()
        if INTERPRETERS.get(kind, "\0") not in first:
            raise UploadError(
                "That file is a script of another kind than its name says.",
                why="Its first line names another program.",
                remedy="Give it the ending of what it is, or take that line out.",
            )
    if kind in {"csv", "tsv"}:
        _check_rows(text, "," if kind == "csv" else "\t")
    if kind == "json":
        read_json(text)


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON document
    """Return a JSON document of reasonable depth; raises UploadError."""
    try:
        document = json.loads(text)
        _check_depth(document)
    except (ValueError, RecursionError):
        raise UploadError(
            "That file is not JSON.",
            why=f"It cannot be read as one document of at most {DEEPEST} levels.",
            remedy="Check it with `python -m json.tool`.",
        ) from None
    return document


def _check_depth(document: object) -> None:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise RecursionError


def _check_rows(text: str, delimiter: str) -> None:
    try:
        lengths = {
            len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row
        }
    except csv.Error:
        lengths = set()
    if len(lengths) != 1:
        raise UploadError(
            "That file is not a table.",
            why="It has no rows, rows of different lengths, or quotes that do not close.",
            remedy="Write every row with as many fields as the first, parted as the ending says: .csv by commas.",
        )


def is_active(text: str) -> bool:
    """Say whether Markdown holds what a browser would run, however its characters are written."""
    plain = html.unescape(text)
    if any(ACTIVE.search(one) for one in (text, plain, DROPPED.sub("", plain))):
        return True
    tag = TAG.search(plain)
    return tag is not None and HANDLER.search(plain, tag.end()) is not None


def _is_pickle(text: str) -> bool:
    """Say whether a text is a pickle of protocol 0, which is all letters, that would call something."""
    if not text.rstrip().endswith("."):
        return False
    names = set()
    try:
        for opcode, _, _ in pickletools.genops(text.encode()):
            names.add(opcode.name)
    except Exception:  # noqa: BLE001 - whatever it says: it is none
        return False
    return bool(names & CODE_OF_PICKLE)
