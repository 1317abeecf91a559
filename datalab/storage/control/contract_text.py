"""Contracts as they were registered: YAML text, parsed again when it is read, once a text."""

from __future__ import annotations

from functools import lru_cache

from datalab.contract.model import Contract


@lru_cache(maxsize=256)
def stored_contract(source: str, name: str) -> Contract:
    """Return the contract that a text states; raises ContractError where it is none."""
    from datalab.contract.odcs.contract_file import parse_contract  # noqa: PLC0415 - slow to import, and few commands read a contract

    return parse_contract(source, name)
