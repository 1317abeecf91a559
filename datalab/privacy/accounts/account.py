"""Accounts of the privacy ledger, and how they are named.

There is one for each dataset (all projects together), one for each project's share of a dataset, and, where a
custodian wants it, one for a person's own limit within that share.
"""

from __future__ import annotations

from dataclasses import dataclass

from datalab.privacy.budget import Budget


def dataset_account(dataset: str) -> str:
    """Name the account of a dataset, all projects together."""
    return f"dataset/{dataset}"


def allocation_account(project: str, dataset: str) -> str:
    """Name the account of a project's share of a dataset."""
    return f"project/{project}/{dataset}"


def member_account(project: str, person: str, dataset: str) -> str:
    """Name the account of a person's own limit within a project's share of a dataset."""
    return f"member/{project}/{person}/{dataset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What was granted and what of it is spent."""

    name: str
    granted: Budget
    spent: Budget

    @property
    def remaining(self) -> Budget:
        """What can still be reserved."""
        return self.granted - self.spent
