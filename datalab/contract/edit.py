"""A change of treatments written into a contract's own file: every other character of it stays.

PyYAML says where each node of a file stands; what changes is cut out there and replaced. What comes out is read again
and compared with the contract that was meant, so that no unusual layout makes another contract of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from datalab.contract.change import ASKS_FOR_K, changed_contract
from datalab.contract.odcs.contract_file import parse_contract
from datalab.errors import StateError

_TREATMENT, _GENERALISE = "datalab.treatment", "datalab.generalise"
_WIDE: Final = 1_000_000
"""Characters of a line: what is put in stands in one."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """A piece of the file, from one character to another, and what comes in its place."""

    start: int
    end: int
    text: str


def changed_text(text: str, source: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """Return a contract's file with changes of a report written in, as its next minor version.

    Args:
        text: the file.
        source: what messages call it.
        changes: as `datalab.contract.change.Change.document` renders them.

    Raises:
        ContractError: if the file is no contract, or the changes do not fit it.
        StateError: if the contract has no such column, or its file is laid out in a way that cannot be edited.
    """
    before = parse_contract(text, source)
    after = changed_contract(before, changes)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    edits = [_replaced(text, root, "version", after.version)]
    columns = {
        _values(column)["name"].value: column
        for column in _values(_values(root)["schema"].value[0])["properties"].value
    }
    for change in changes:
        edits += _of_column(text, columns[change["column"]], change)
    if after.min_k != before.min_k:
        entries = _values(root)["customProperties"]
        asking = [entry for entry in entries.value if _values(entry)["property"].value in ASKS_FOR_K]
        edits += [_removed(text, entry.start_mark.index, entry, entries) for entry in asking]
    for edit in sorted(edits, key=lambda one: -one.start):
        text = f"{text[: edit.start]}{edit.text}{text[edit.end :]}"
    if parse_contract(text, f"{source}, changed") != after:
        raise StateError(
            f"{source} is laid out in a way that the change cannot be written into.",
            why="The file would say something else than the suggestion.",
            remedy="Write the printed lines into it by hand.",
        )
    return text


def _of_column(text: str, column: yaml.Node, change: Mapping[str, Any]) -> Iterator[_Edit]:
    keys = _values(column)
    entries = keys["customProperties"]
    properties = {_values(entry)["property"].value: entry for entry in entries.value}
    treatment, generalise = properties[_TREATMENT], properties.get(_GENERALISE)
    yield _replaced(text, treatment, "value", change["treatment"])
    how = change["generalise"]
    if generalise is None and how is not None:
        entry = _flow({"property": _GENERALISE, "value": how})
        yield _added(text, treatment, entry if entries.flow_style else f"- {entry}", entries)
    elif generalise is not None and how is None:
        yield _removed(text, generalise.start_mark.index, generalise, entries)
    elif generalise is not None:
        yield _replaced(text, generalise, "value", how)
    listed = None if change["enum"] is None else [{"value": value} for value in change["enum"]]
    if "enum" not in keys:
        if listed is not None:
            yield _added(text, keys["name"], f"enum: {_flow(listed)}", column)
    elif listed is None:
        yield _removed(text, _key(column, "enum").start_mark.index, keys["enum"], column)
    else:
        yield _replaced(text, column, "enum", listed)


def _values(node: Any) -> dict[str, Any]:  # noqa: ANN401 - PyYAML's stubs leave a node's value open
    return {key.value: value for key, value in node.value}


def _flow(value: object) -> str:
    """Return a value as YAML in one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=_WIDE, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _key(node: Any, name: str) -> yaml.Node:  # noqa: ANN401 - as above
    key: yaml.Node = next(key for key, _ in node.value if key.value == name)
    return key


def _replaced(text: str, mapping: Any, name: str, value: object) -> _Edit:  # noqa: ANN401 - as above
    node = _values(mapping)[name]
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return _Edit(node.start_mark.index, _end(node), _flow(value))
    # A block may stand no further in than its key; a value in one line may not.
    colon = text.index(":", _key(mapping, name).end_mark.index)
    return _Edit(colon + 1, _end(node), f" {_flow(value)}")


def _added(text: str, before: yaml.Node, entry: str, whole: Any) -> _Edit:  # noqa: ANN401 - as above
    """Put an entry after another one of a list or a mapping."""
    end = _end(before)
    if whole.flow_style:
        return _Edit(end, end, f", {entry}")
    line_end = text.find("\n", end) % (len(text) + 1)  # a comment may follow in the same line
    return _Edit(line_end, line_end, f"\n{' ' * whole.start_mark.column}{entry}")


def _removed(text: str, start: int, node: yaml.Node, whole: Any) -> _Edit:  # noqa: ANN401 - as above
    """Take an entry out of a list or a mapping, with the comma or the line that it has."""
    end = _end(node)
    if whole.flow_style:
        before = text.rfind(",", whole.start_mark.index, start)
        return _Edit(before, end, "") if before >= 0 else _Edit(start, text.index(",", end) + 1, "")
    return _Edit(text.rfind("\n", 0, start), text.find("\n", end) % (len(text) + 1), "")


def _end(node: Any) -> int:  # noqa: ANN401 - as above
    """Return where a node ends: PyYAML's own mark of a block is where the next one begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)
