"""What every pod of a project has in common: nothing that it does not need (Pod Security Standards, restricted)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.cluster.description import Cluster

UID = 1000
POD_SECURITY = {
    "runAsNonRoot": True,
    "runAsUser": UID,
    "runAsGroup": UID,
    "fsGroup": UID,
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
NO_NAMES = {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["127.0.0.1"]}}
"""Nobody is asked for a name; one server must be given, and nothing listens there."""


def pod_of(
    cluster: Cluster,
    *,
    account: str,
    token: bool,
    containers: Sequence[Mapping[str, Any]],
    volumes: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return a pod's specification.

    Args:
        cluster: whose runtime class it has.
        account: name of its service account.
        token: whether it gets that account's token.
        containers: without their security, which is added.
        volumes: besides /tmp.
    """
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": token,
        "enableServiceLinks": False,
        "hostNetwork": False,
        "hostPID": False,
        "hostIPC": False,
        "hostUsers": False,
        **NO_NAMES,
        **({"runtimeClassName": cluster.runtime_class} if cluster.runtime_class else {}),
        "securityContext": POD_SECURITY,
        "containers": [{**one, "securityContext": CONTAINER_SECURITY} for one in containers],
        "volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}, *volumes],
    }


def resources(*, cores: float, memory: int) -> dict[str, dict[str, str]]:
    """Return requests and limits that are the same: nobody is promised what another one uses. Memory in MiB."""
    same = {"cpu": f"{cores:g}", "memory": f"{memory}Mi", "ephemeral-storage": "2Gi"}
    return {"requests": dict(same), "limits": dict(same)}
