"""Contracts survive being written and read; nothing that is not one is read, or breaks the reader."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import parse_contract, write_contract
from datalab.errors import ContractError, Fault

STRATEGIES = runpy.run_path(str(Path(__file__).with_name("contract_strategies.py")))
contracts, documents = STRATEGIES["contracts"], STRATEGIES["documents"]
EXAMPLES = sorted((Path(__file__).parents[1] / "contracts").glob("*.yaml"))
SHORT = [file for file in EXAMPLES if file.stem in {"tag_events", "tagged_persons", "ae_monthly_counts", "case_notes"}]
"""Those that are short enough to be read some hundred times."""
slow_start = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@slow_start
@given(contracts())
def test_a_written_contract_is_read_back_equal(contract: Contract) -> None:
    """Reading what was written gives the contract that was written."""
    assert parse_contract(write_contract(contract), "written") == contract


def refused_or_read(text: str) -> None:
    """Read a text that may be anything: a contract, or a contract error whose every fault says what and what next."""
    faults: tuple[Fault, ...] = ()
    try:
        parse_contract(text, "fuzz")
    except ContractError as error:
        faults = error.faults or (Fault(what="", remedy=""),)
    assert all(fault.what and fault.remedy for fault in faults)


@slow_start
@given(st.text())
def test_any_text_is_refused_or_read(text: str) -> None:
    """No text makes the reader fail in any other way than by refusing it."""
    refused_or_read(text)


@slow_start
@given(documents)
def test_any_yaml_is_refused_or_read(document: object) -> None:
    """No YAML document makes the reader fail in any other way than by refusing it."""
    refused_or_read(yaml.dump(document, allow_unicode=True))


@slow_start
@given(st.sampled_from(SHORT), st.randoms(use_true_random=False), documents)
def test_a_contract_with_one_node_changed_is_refused_or_read(file: Path, chance: random.Random, node: object) -> None:
    """Any node of a real contract may be replaced by anything at all."""
    document: Any = yaml.safe_load(file.read_text())
    spot = chance.choice(list(spots(document)))
    spot[0][spot[1]] = node

    refused_or_read(yaml.safe_dump(document, sort_keys=False))


@slow_start
@given(st.sampled_from(SHORT), st.randoms(use_true_random=False), st.text(max_size=10))
def test_a_contract_with_its_text_damaged_is_refused_or_read(file: Path, chance: random.Random, piece: str) -> None:
    """Any stretch of a real contract's text may be cut out and replaced."""
    text = file.read_text()
    start = chance.randrange(len(text))

    refused_or_read(text[:start] + piece + text[start + chance.choice([0, 1, 5, 100]) :])


def spots(document: Any) -> list[tuple[Any, Any]]:
    """List every place of a document as its holder and key."""
    pairs = document.items() if isinstance(document, dict) else enumerate(document)
    found: list[tuple[Any, Any]] = []
    for key, below in pairs:
        found.append((document, key))
        if isinstance(below, dict | list):
            found += spots(below)
    return found


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_real_contracts_survive_too(file: Path) -> None:
    """The contracts of the third-party extracts load, and are read back equal when written."""
    contract = parse_contract(file.read_text(), file.name)

    assert parse_contract(write_contract(contract), file.name) == contract
