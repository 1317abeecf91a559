"""Where an answer comes from: datasets, contracts, software, cost, review; nothing that was counted in the data.

It follows from what is stored alone and reads no clock, so a bundle that is built twice is the same twice. It names
the project and the reviewer's role, and no person: a bundle is read by everybody.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from datalab.catalogue import CatalogueReader, DatasetVersion
from datalab.errors import StateError
from datalab.privacy.answer import answer_from_document
from datalab.privacy.budget import Budget
from datalab.release.case import Case, Exhibit
from datalab.release.request import ReleaseRequest

FORMAT = 1
"""Version of the provenance document."""
REVIEWER_ROLE = "disclosure-control reviewer, neither the author nor a member of the project"


def provenance_of(request: ReleaseRequest, case: Case, catalogue: CatalogueReader) -> dict[str, Any]:
    """Return the provenance of an approved request as JSON values.

    Raises:
        StateError: if it was not answered and approved.
    """
    if request.answer is None or request.decision is None:
        raise StateError(f"Request {request.id} was not answered and approved, so it has no provenance to state.")
    answer = answer_from_document(request.answer)
    return {
        "format": FORMAT,
        "request": request.id,
        "fingerprint": request.fingerprint,
        "reused_from": request.reused_from,
        "submitted_on": request.submitted_at.date().isoformat(),
        "project": {"id": case.project.id, "title": case.project.title, "purpose": case.project.purpose},
        "datasets": [_dataset(exhibit, catalogue) for _, exhibit in sorted(case.exhibits.items())],
        "cost": {
            "nano_rho": answer.cost.nano_rho,
            **({"atto_delta": answer.cost.atto_delta} if answer.cost.atto_delta else {}),
            "epsilon": answer.epsilon,
            "delta": str(answer.delta),
            "mechanism": answer.mechanism,
            "charged": "nothing: this answer was paid for before" if request.reused_from else _charged(answer.cost),
        },
        "review": {
            "decision": request.decision.state.value,
            "by": REVIEWER_ROLE,
            "on": request.decision.at.date().isoformat(),
        },
        "policy": request.answer.get("policy", ""),
        "software": dict(request.answer.get("computed_with", {})),
    }


def _charged(cost: Budget) -> str:
    return "to every dataset about people, and to the project's share of it" if cost != Budget(0) else "nothing"


def _dataset(exhibit: Exhibit, catalogue: CatalogueReader) -> dict[str, Any]:
    contract = exhibit.contract
    return {
        "dataset": contract.dataset,
        "title": contract.title,
        "agency": contract.agency,
        "privacy_unit": contract.privacy_unit.value,
        "contract_version": contract.version,
        "contract_sha256": contract_digest(exhibit),
        "version": exhibit.version.number,
        "version_sha256": version_digest(exhibit.version, catalogue),
        "view_key": exhibit.view.key_version,
        "columns_available": list(exhibit.view.columns),
    }


def contract_digest(exhibit: Exhibit) -> str:
    """Return hex SHA-256 of a contract's canonical YAML."""
    from datalab.contract.odcs.contract_file import write_contract  # noqa: PLC0415 - YAML is slow to load, and few commands publish

    return hashlib.sha256(write_contract(exhibit.contract).encode()).hexdigest()


def version_digest(version: DatasetVersion, catalogue: CatalogueReader) -> str:
    """Return hex SHA-256 that stands for a dataset version.

    Over its name, number, contract and the digests of the sealed extracts in it. No count of rows goes in: a digest
    of something small can be guessed and checked (law 1).
    """
    document = {
        "dataset": version.dataset,
        "number": version.number,
        "contract_version": version.contract_version,
        "extracts": sorted(catalogue.extract(one).ciphertext_sha256 for one in version.extract_ids),
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
