"""YAML with line numbers: text becomes a small tree in which every node knows its line.

Only plain YAML is read. Anchors and aliases (which a few lines can make expand to gigabytes), tags (which can name
code), several documents and deep nesting are faults, found on the event stream before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from datalab.errors import Fault

MAX_CONTRACT_BYTES = 1024 * 1024  # bytes; the largest public domain (10,000 labels) takes about 0.4 MB
MAX_DEPTH = 20  # levels; a contract needs 8
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where PyYAML was built with it: ten times faster on long domains."""
NOT_NUMBERS = re.compile(r"[-+]?0[0-9_]|.*:", re.DOTALL)
"""What YAML 1.1 reads as octal (`010` is 8) or as base 60 (`1:30` is 90) and YAML 1.2 does not: kept as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One scalar."""

    value: str | int | float | bool | date | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A mapping with text keys."""

    entries: Mapping[str, Tree]
    lines: Mapping[str, int]
    """Line of each key."""
    line: int


Tree = Leaf | Items | Fields


def plant(text: str) -> tuple[Tree | None, list[Fault]]:
    """Read YAML text.

    Returns:
        The tree, or None where the text is not YAML that can be read at all; and the faults found.
    """
    if len(text.encode("utf-8", "replace")) > MAX_CONTRACT_BYTES:
        return None, [Fault(what="The file is too large for a contract.", remedy=_SIZE_REMEDY)]
    try:
        fault = next(_unwelcome(text), None)
        if fault is not None:
            return None, [fault]
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        return None, [Fault(what=f"This is not YAML: {error.problem}.", remedy="Correct the syntax.", line=line)]
    except (yaml.YAMLError, UnicodeError):
        return None, [Fault(what="This is not YAML: it holds characters that no text file has.", remedy=_UTF8_REMEDY)]
    if root is None:
        return None, [Fault(what="The file is empty.", remedy="Start one with `datalab contract draft FILE`.", line=1)]
    faults: list[Fault] = []
    return _grow(root, faults), faults


_SIZE_REMEDY = f"Keep it under {MAX_CONTRACT_BYTES:,} bytes."
_UTF8_REMEDY = "Save the file as UTF-8 text."


def _unwelcome(text: str) -> Iterator[Fault]:
    """Yield what stands in the event stream of a document that is not plain."""
    depth = documents = 0
    line: int | None = None
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else line
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if documents > 1:
            yield Fault(what="The file holds more than one document.", remedy="One contract a file.", line=line)
        elif depth > MAX_DEPTH:
            yield Fault(what="The file is nested too deeply.", remedy="Write it as in the documentation.", line=line)
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            yield Fault(what="Anchors and aliases are not read.", remedy="Write the value out where used.", line=line)
        elif getattr(event, "tag", None) is not None:
            yield Fault(what="Tags (`!...`) are not read.", remedy="Remove the tag.", line=line)


def _grow(node: yaml.Node, faults: list[Fault]) -> Tree:
    line = node.start_mark.line + 1
    match node:
        case yaml.MappingNode():
            entries: dict[str, Tree] = {}
            lines: dict[str, int] = {}
            for key_node, value_node in node.value:
                key_line = key_node.start_mark.line + 1
                key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
                if key is None:
                    faults.append(Fault(what="A key is not text.", remedy="Write `name: value`.", line=key_line))
                elif key in entries:
                    first = f"It stands first on line {lines[key]}; keep one."
                    faults.append(Fault(what=f"`{key}` stands twice.", remedy=first, line=key_line))
                else:
                    entries[key], lines[key] = _grow(value_node, faults), key_line
            return Fields(entries=entries, lines=lines, line=line)
        case yaml.SequenceNode():
            return Items(items=tuple(_grow(item, faults) for item in node.value), line=line)
        case _:
            return Leaf(value=_scalar(node, line, faults), line=line)


def _scalar(node: yaml.Node, line: int, faults: list[Fault]) -> str | int | float | bool | date | None:
    kind = node.tag.rpartition(":")[2]
    text = str(node.value)
    if kind not in {"int", "float", "bool", "null", "timestamp"} or (
        kind in {"int", "float"} and NOT_NUMBERS.match(text)
    ):
        return text
    try:
        value: str | int | float | bool | date | None = yaml.constructor.SafeConstructor().construct_object(node)
    except (ValueError, OverflowError):
        what = f"YAML takes this for a {'date' if kind == 'timestamp' else 'number'}, and there is none such."
        faults.append(Fault(what=what, remedy="Correct it, or put it in quotes if it is text.", line=line))
        return None
    return value


def plain(tree: Tree) -> Any:  # noqa: ANN401 - whatever YAML can hold
    """Return the tree as plain dicts, lists and scalars."""
    match tree:
        case Leaf(value=value):
            return value
        case Items(items=items):
            return [plain(item) for item in items]
        case Fields(entries=entries):
            return {key: plain(value) for key, value in entries.items()}


def leaves(tree: Tree, place: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield every scalar with its place, in document order."""
    match tree:
        case Leaf():
            yield place, tree
        case Items(items=items):
            for index, item in enumerate(items):
                yield from leaves(item, f"{place}[{index}]")
        case Fields(entries=entries):
            for key, value in entries.items():
                yield from leaves(value, f"{place}.{key}".lstrip("."))
