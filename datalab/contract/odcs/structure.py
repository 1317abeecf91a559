"""The Open Data Contract Standard itself: its pydantic model is the judge of structure, and names its keys.

The model knows no required keys and drops unknown ones without a word, so it stands beside our own reading and never
replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator

from open_data_contract_standard.model import (
    CustomProperty,
    Description,
    EnumValue,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Support,
    Team,
    TeamMember,
)
from pydantic import BaseModel, ValidationError

from datalab.contract.odcs.section import Section
from datalab.contract.odcs.tree import Fields, Items, Tree, plain
from datalab.contract.odcs.vocabulary import (
    COLUMN,
    CONTRACT,
    DESCRIPTION,
    ENUM,
    MEMBER,
    PROPERTY,
    SCHEMA,
    SUPPORT,
    TEAM,
    Shape,
)
from datalab.errors import Fault

MODELS: dict[str, type[BaseModel]] = {
    CONTRACT.title: OpenDataContractStandard,
    DESCRIPTION.title: Description,
    SCHEMA.title: SchemaObject,
    COLUMN.title: SchemaProperty,
    ENUM.title: EnumValue,
    PROPERTY.title: CustomProperty,
    TEAM.title: Team,
    MEMBER.title: TeamMember,
    SUPPORT.title: Support,
}
"""The standard's class of each of our shapes."""
OPTION_KEYS = frozenset(
    {"minLength", "maxLength", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "timezone", "defaultTimezone"}
)
"""Options of the standard that the lab does not act on; the model takes any."""


def standard_keys(shape: Shape) -> frozenset[str]:
    """Return the keys that the standard has for a shape, whether or not the lab reads them."""
    model = MODELS.get(shape.title)
    if model is None:
        return OPTION_KEYS
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def check_keys(section: Section, shape: Shape) -> None:
    """Record every key of a document that its shape does not have, at every depth."""
    section.check_keys(shape, standard_keys(shape))
    for key, below in shape.keys.items():
        node = section.fields.entries.get(key)
        place = f"{section.place}.{key}".lstrip(".")
        if below is None or node is None:
            continue
        if isinstance(node, Fields):
            check_keys(Section(node, place, section.faults), below)
        elif isinstance(node, Items):
            for index, item in enumerate(node.items):
                if isinstance(item, Fields):
                    check_keys(Section(item, f"{place}[{index}]", section.faults), below)


def structure_faults(root: Fields) -> Iterator[Fault]:
    """Yield what the standard's own model finds wrong, with lines."""
    try:
        OpenDataContractStandard.model_validate(plain(root))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        for item in found:
            place, line = _locate(root, item["loc"])
            yield Fault(
                what=f"The standard does not allow this: {item['msg']}.",
                remedy="Correct it; the vocabulary is in docs/contract-vocabulary.md.",
                line=line,
                where=place,
            )


def _locate(tree: Tree, path: tuple[str | int, ...]) -> tuple[str, int]:
    """Follow a pydantic location as far as the document goes."""
    place, line, node = "", tree.line, tree
    for step in path:
        if isinstance(node, Fields) and isinstance(step, str) and step in node.entries:
            place, line, node = f"{place}.{step}".lstrip("."), node.lines[step], node.entries[step]
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place, line = f"{place}[{step}]", node.line
    return place, line
