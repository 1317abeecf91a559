"""Everything of one project, as YAML for `kubectl apply`, and the hub's values, as YAML for `helm`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from datalab.settings import Settings
from infra.cluster.description import Cluster
from infra.cluster.names import namespace_of, spark_namespace_of
from infra.cluster.namespace import project_namespaces
from infra.cluster.network import door_policy, project_policies
from infra.cluster.spark import spark_manifests


def project_manifests(settings: Settings, cluster: Cluster, project: str, *, members: int) -> list[dict[str, Any]]:
    """Return a project's manifests, in the order in which they are applied: walls first, then what runs behind them."""
    return [
        *project_namespaces(settings, cluster, project, members=members),
        *project_policies(cluster, project),
        door_policy(cluster, project),
        *(_claim(name, namespace_of(project)) for name in ("view", "reference")),
        _claim("view", spark_namespace_of(project)),
        *spark_manifests(cluster, project),
    ]


def to_yaml(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Write manifests."""
    return yaml.dump_all(manifests, Dumper=_Plain, sort_keys=False, width=120)


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice: anchors are for machines."""

    def ignore_aliases(self, data: object) -> bool:
        """Never refer back."""
        del data
        return True


def _claim(name: str, space: str) -> dict[str, Any]:
    """What the lab writes and the project reads: bound by the operator to a volume that is read-only here."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "accessModes": ["ReadOnlyMany"],
            "storageClassName": "",
            "volumeName": f"{space}-{name}",
            "resources": {"requests": {"storage": "50Gi"}},
        },
    }
