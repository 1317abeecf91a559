"""Contract files: Open Data Contract Standard YAML in and out, strict.

Reading goes in steps, and all faults of all steps are reported at once:

1. text becomes a tree with lines (`tree`);
2. every key must be one that the vocabulary has (`vocabulary`, `structure`);
3. nothing may still be waiting for the custodian;
4. fields are read and the rules applied (`read_contract`, `read_column`, `column_rules`);
5. the standard's own model judges what is left (`structure`).
"""

from __future__ import annotations

from pathlib import Path

from datalab.contract.model import Contract
from datalab.contract.odcs.read_contract import read_whole
from datalab.contract.odcs.section import Section
from datalab.contract.odcs.structure import check_keys, structure_faults
from datalab.contract.odcs.tree import MAX_CONTRACT_BYTES, Fields, Tree, leaves, plant
from datalab.contract.odcs.vocabulary import CONTRACT, TO_CONFIRM
from datalab.contract.odcs.writing import write_contract
from datalab.errors import ContractError, Fault

__all__ = ["parse_contract", "read_contract", "write_contract"]


def parse_contract(text: str, source: str) -> Contract:
    """Read a contract from YAML text.

    Args:
        text: the YAML.
        source: what messages call the text, such as a file name.

    Raises:
        ContractError: if anything at all is wrong with it; carries every fault, in the order of the lines.
    """
    tree, faults = plant(text)  # (1)
    if tree is None:
        raise ContractError(source, tuple(faults))
    if not isinstance(tree, Fields):
        what = "A contract is a mapping of `name: value` lines."
        raise ContractError(source, (Fault(what=what, remedy="Start one with `datalab contract draft`.", line=1),))
    root = Section(tree, "", faults)
    check_keys(root, CONTRACT)  # (2)
    _check_confirmed(tree, faults)  # (3)
    whole = read_whole(root)  # (4)
    lines = {fault.line for fault in faults}
    faults += [fault for fault in structure_faults(tree) if fault.line not in lines]  # (5)
    if faults:
        raise ContractError(source, tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.line or 0)))
    return whole.contract()


def read_contract(path: Path) -> Contract:
    """Read a contract file.

    Raises:
        ContractError: if the file cannot be read, or anything at all is wrong with it; carries every fault.
    """
    return parse_contract(contract_text(path), path.name)


def contract_text(path: Path) -> str:
    """Return what stands in a contract file, its lines ended as they are.

    Raises:
        ContractError: if the file cannot be opened, is too large, or is no UTF-8 text.
    """
    try:
        if path.stat().st_size > MAX_CONTRACT_BYTES:
            fault = Fault(what="The file is too large.", remedy=f"Keep it under {MAX_CONTRACT_BYTES:,} bytes.")
            raise ContractError(path.name, (fault,))
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        fault = Fault(what="The file cannot be opened.", remedy="Check that it exists and that you may read it.")
        raise ContractError(path.name, (fault,)) from None
    except UnicodeDecodeError:
        fault = Fault(what="The file is not UTF-8 text.", remedy="Save it as UTF-8.")
        raise ContractError(path.name, (fault,)) from None


def _check_confirmed(tree: Tree, faults: list[Fault]) -> None:
    for place, leaf in leaves(tree):
        if isinstance(leaf.value, str) and leaf.value.startswith(TO_CONFIRM):
            asked = leaf.value.removeprefix(TO_CONFIRM).lstrip(": ") or "state a value"
            what = "Only the custodian can know this."
            faults.append(Fault(what=what, remedy=f"To do: {asked[:200]}", line=leaf.line, where=place))
