"""A project's namespace: its security level, quotas, accounts and rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datalab.settings import Settings
from infra.cluster.description import Cluster
from infra.cluster.names import PROJECT, namespace_of

HUB_ACCOUNT = "hub"
"""Service account of the hub, as the chart names it."""
NOBODY, DRIVER_ACCOUNT = "nobody", "spark-driver"


def project_namespace(settings: Settings, cluster: Cluster, project: str, *, members: int) -> list[dict[str, Any]]:
    """Return a namespace and what bounds it.

    Args:
        settings: the lab's; a lab pod is as large as a sandbox.
        cluster: of which.
        project: whose.
        members: how many labs may run at once.
    """
    space = namespace_of(project)
    level = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    memory = settings.sandbox_memory * members + cluster.executor_memory * (cluster.executors + 1)
    cores = settings.sandbox_cores * members + cluster.executor_cores * (cluster.executors + 1)
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": space, "labels": {**level, PROJECT: project}},
        },
        _thing(
            "v1",
            "ResourceQuota",
            "project",
            space,
            spec={
                "hard": {
                    "pods": str(members + cluster.executors + 1),
                    "limits.memory": f"{memory}Mi",
                    "limits.cpu": str(cores),
                    "requests.memory": f"{memory}Mi",
                    "requests.cpu": str(cores),
                    "requests.storage": f"{settings.sandbox_workspace * members + 102400}Mi",
                    "services.nodeports": "0",
                    "services.loadbalancers": "0",
                }
            },
        ),
        _thing(
            "v1",
            "LimitRange",
            "pods",
            space,
            spec={
                "limits": [
                    {
                        "type": "Container",
                        "default": {"memory": "512Mi", "cpu": "500m", "ephemeral-storage": "1Gi"},
                        "defaultRequest": {"memory": "512Mi", "cpu": "500m", "ephemeral-storage": "1Gi"},
                        "max": {
                            "memory": f"{max(settings.sandbox_memory, cluster.executor_memory)}Mi",
                            "cpu": str(max(settings.sandbox_cores, cluster.executor_cores)),
                            "ephemeral-storage": "4Gi",
                        },
                    }
                ]
            },
        ),
        *(_account(name, space) for name in ("default", NOBODY, DRIVER_ACCOUNT)),
        *_rights(
            "spark-driver",
            space,
            {"kind": "ServiceAccount", "name": DRIVER_ACCOUNT, "namespace": space},
            [
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "get", "list", "watch", "delete"]},
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["deletecollection"]},
                {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "get", "list", "delete"]},
            ],
        ),
        *_rights(
            "hub-spawner",
            space,
            {"kind": "ServiceAccount", "name": HUB_ACCOUNT, "namespace": cluster.hub_namespace},
            [
                {
                    "apiGroups": [""],
                    "resources": ["pods", "persistentvolumeclaims"],
                    "verbs": ["create", "get", "list", "watch", "delete"],
                },
                {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "list", "watch"]},
            ],
        ),
    ]


def _account(name: str, space: str) -> dict[str, Any]:
    return _thing("v1", "ServiceAccount", name, space, automountServiceAccountToken=False)


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
