"""`datalab cluster`: the lab's manifests for Kubernetes."""

from __future__ import annotations

from typing import Annotated

import typer

from datalab.cli.options import LabHome, settings_of

app = typer.Typer(no_args_is_help=True, help="Print manifests and Helm values for a lab on Kubernetes.")


@app.command()
def project(project: Annotated[str, typer.Argument(help="Short name of the project.")], lab: LabHome = None) -> None:
    """Print a project's manifests: namespace, quotas, rights, network policies, Spark. Choices are in cluster.toml."""
    from datalab.wiring import open_lab  # noqa: PLC0415 - databases load only when asked for
    from infra.cluster.description import read_cluster  # noqa: PLC0415 - as above
    from infra.cluster.manifests import project_manifests, to_yaml  # noqa: PLC0415 - as above

    settings = settings_of(lab)
    with open_lab(settings).control.read() as tx:
        found = tx.governance.project(project)
    cluster = read_cluster(settings.home / "cluster.toml")
    typer.echo(to_yaml(project_manifests(settings, cluster, found.id, members=len(found.members))), nl=False)


@app.command()
def values(lab: LabHome = None) -> None:
    """Print the values of the Zero to JupyterHub chart."""
    from infra.cluster.description import read_cluster  # noqa: PLC0415 - as above
    from infra.cluster.manifests import to_yaml  # noqa: PLC0415 - as above
    from infra.cluster.values import helm_values  # noqa: PLC0415 - as above

    settings = settings_of(lab)
    typer.echo(to_yaml([helm_values(settings, read_cluster(settings.home / "cluster.toml"))]), nl=False)
