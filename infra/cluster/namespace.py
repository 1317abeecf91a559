"""A project's two namespaces, of its labs and of its Spark: their security level, quotas, accounts and rights.

Code of a researcher runs in Spark's driver, and reads and makes what the driver's account may. Labs are elsewhere, for
a pod's description holds its hub token, and whoever makes pods in a namespace can mount every secret of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datalab.governance.server import server_name
from datalab.settings import Settings
from infra.cluster.description import Cluster
from infra.cluster.names import PROJECT, namespace_of, spark_namespace_of

HUB_ACCOUNT = "hub"
"""Service account of the hub, as the chart names it."""
NOBODY, DRIVER_ACCOUNT = "nobody", "spark-driver"


def project_namespaces(settings: Settings, cluster: Cluster, project: str, *, members: int) -> list[dict[str, Any]]:
    """Return both namespaces and what bounds them.

    Args:
        settings: the lab's; a lab pod is as large as a sandbox.
        cluster: of which.
        project: whose.
        members: how many labs may run at once.
    """
    labs, spark = namespace_of(project), spark_namespace_of(project)
    return [
        *_bounded(
            labs,
            project,
            pods=members,
            memory=settings.sandbox_memory,
            cores=settings.sandbox_cores,
            storage=settings.sandbox_workspace * members + 102400,
        ),
        *_bounded(
            spark,
            project,
            pods=cluster.executors + 1,
            memory=cluster.executor_memory,
            cores=cluster.executor_cores,
            storage=51200,
        ),
        *(_account(name, labs) for name in ("default", NOBODY)),
        *(_account(name, spark) for name in ("default", NOBODY, DRIVER_ACCOUNT)),
        _account(NOBODY, cluster.hub_namespace),
        *_rights(
            "spark-driver",
            spark,
            {"kind": "ServiceAccount", "name": DRIVER_ACCOUNT, "namespace": spark},
            [
                _rule("pods", "create", "get", "list", "watch", "delete", "deletecollection"),
                _rule("configmaps", "create", "get", "list", "delete"),
            ],
        ),
        *_rights(
            "hub-spawner",
            labs,
            _hub(cluster),
            [
                _rule("pods", "create", "get", "list", "watch", "delete"),
                _rule("persistentvolumeclaims", "create", "get", "list", "watch", "delete"),
                _rule("secrets", "create", "delete"),
                _rule("services", "create", "get", "delete"),
                _rule("events", "get", "list", "watch"),
            ],
        ),
        *_rights("hub-spawner", spark, _hub(cluster), [_rule("services", "get")]),
    ]


def _bounded(
    space: str, project: str, *, pods: int, memory: int, cores: int, storage: int
) -> tuple[dict[str, Any], ...]:
    """Return a namespace for so many pods, each of that size; memory and storage in MiB."""
    level = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    hard = {
        "pods": str(pods),
        **{f"{kind}.memory": f"{memory * pods}Mi" for kind in ("limits", "requests")},
        **{f"{kind}.cpu": str(cores * pods) for kind in ("limits", "requests")},
        "requests.storage": f"{storage}Mi",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }
    usual = {"memory": "512Mi", "cpu": "500m", "ephemeral-storage": "1Gi"}
    most = {"memory": f"{memory}Mi", "cpu": str(cores), "ephemeral-storage": "4Gi"}
    limits = {"type": "Container", "default": usual, "defaultRequest": usual, "max": most}
    return (
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": space, "labels": {**level, PROJECT: server_name(project)}},
        },
        _thing("v1", "ResourceQuota", "project", space, spec={"hard": hard}),
        _thing("v1", "LimitRange", "pods", space, spec={"limits": [limits]}),
    )


def _account(name: str, space: str) -> dict[str, Any]:
    return _thing("v1", "ServiceAccount", name, space, automountServiceAccountToken=False)


def _hub(cluster: Cluster) -> dict[str, str]:
    return {"kind": "ServiceAccount", "name": HUB_ACCOUNT, "namespace": cluster.hub_namespace}


def _rule(resource: str, *verbs: str) -> dict[str, Any]:
    return {"apiGroups": [""], "resources": [resource], "verbs": list(verbs)}


def _rights(
    name: str, space: str, subject: Mapping[str, str], rules: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    api = "rbac.authorization.k8s.io"
    return [
        _thing(f"{api}/v1", "Role", name, space, rules=list(rules)),
        _thing(
            f"{api}/v1",
            "RoleBinding",
            name,
            space,
            roleRef={"apiGroup": api, "kind": "Role", "name": name},
            subjects=[dict(subject)],
        ),
    ]


def _thing(api: str, kind: str, name: str, space: str, **rest: Any) -> dict[str, Any]:  # noqa: ANN401 - of a manifest
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": space}, **rest}
