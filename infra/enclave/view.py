"""What a sandbox sees at /data: the newest view of each dataset granted to its project, and what it says of itself.

/data/<dataset>/           the view's Parquet files
/data/catalogue.json       dataset, version, columns, privacy unit, contract
/data/contracts/<dataset>.yaml
/data/release.pub          checks signed bundles

A view is mounted only where the project's grants of today cover every column of it: one that was built under a wider
grant stays outside until it is built anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from datalab.catalogue import CatalogueReader, ProjectView
from datalab.contract.odcs.writing import write_contract
from datalab.governance.project import Project
from datalab.release.bundle.signing import PUBLIC_FILE

DATA = "/data"


def view_mounts(
    project: Project, catalogue: CatalogueReader, views: Path, folder: Path, public_key: Path
) -> tuple[tuple[str, str], ...]:
    """Write what describes a project's data to a folder, and return what is mounted read-only.

    Args:
        project: the project, with what it is granted today.
        catalogue: where views and contracts are recorded.
        views: the views zone, below which a view's path is read.
        folder: a new folder of the sandbox's own, outside of what it can write to.
        public_key: of the release service; not mounted where there is none yet.
    """
    newest: dict[str, ProjectView] = {}
    for view in catalogue.views(project.id):
        if not _granted(project, view):
            continue
        if view.dataset not in newest or view.version > newest[view.dataset].version:
            newest[view.dataset] = view
    contracts = folder / "contracts"
    contracts.mkdir(mode=0o755, parents=True)
    described = []
    for name, view in sorted(newest.items()):
        contract = catalogue.contract(name)
        file = contracts / f"{name}.yaml"
        file.write_text(write_contract(contract))
        described.append(
            {
                "dataset": name,
                "version": view.version,
                "columns": list(view.columns),
                "privacy_unit": str(contract.privacy_unit),
                "contract": f"contracts/{name}.yaml",
            }
        )
    (folder / "catalogue.json").write_text(json.dumps({"project": project.id, "datasets": described}, indent=1))
    for one in (folder, contracts, *folder.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    return (
        (str(folder / "catalogue.json"), f"{DATA}/catalogue.json"),
        (str(contracts), f"{DATA}/contracts"),
        *([(str(public_key), f"{DATA}/{PUBLIC_FILE}")] if public_key.is_file() else []),
        *((str(views / view.path), f"{DATA}/{name}") for name, view in sorted(newest.items())),
    )


def _granted(project: Project, view: ProjectView) -> bool:
    grant = project.grant(view.dataset)
    return grant is not None and set(view.columns) <= set(grant.columns)
