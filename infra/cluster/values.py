"""Values of the Zero to JupyterHub chart (4.4.0): hub and proxy, and how KubeSpawner makes a researcher's pod."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from datalab.settings import Settings
from infra.cluster.description import Cluster
from infra.cluster.names import LAB, LAB_PORT, NAMESPACE_TEMPLATE, PART, PROJECT
from infra.cluster.namespace import NOBODY
from infra.cluster.network import proxy_to_doors
from infra.cluster.pods import CONTAINER_SECURITY, NO_NAMES, POD_SECURITY, UID
from infra.hub.activity import seconds_between
from infra.hub.configuration import service_address
from infra.hub.roles import PORTAL

CHART = "4.4.0"
CLOSED = dict.fromkeys(
    (
        "cloudMetadataServer",
        "dnsPortsCloudMetadataServer",
        "dnsPortsKubeSystemNamespace",
        "dnsPortsPrivateIPs",
        "nonPrivateIPs",
        "privateIPs",
    ),
    False,
)
"""Every way that the chart would open by itself, name servers among them."""
NAMES = {"dnsPortsKubeSystemNamespace": True}
"""Hub and proxy find one another by name; nothing of a researcher's runs in them."""
HOME = "/home/researcher"
LAB_FOLDER = "/srv/datalab"
"""Where the operator mounts the lab's folder in the hub's pod: who is a member stands there."""


def helm_values(settings: Settings, cluster: Cluster) -> dict[str, Any]:
    """Return the chart's values."""
    return {
        "hub": {
            "image": {"name": cluster.hub_image, "tag": cluster.hub_tag},
            "allowNamedServers": True,
            "namedServerLimitPerUser": 8,
            "redirectToServer": False,
            "config": {
                "JupyterHub": {
                    "admin_access": False,
                    "subdomain_host": settings.address,
                    "hub_routespec": f"{urlsplit(settings.address).hostname}/",  # and not at a lab's name
                    "last_activity_interval": seconds_between(settings),
                    "activity_resolution": min(30, seconds_between(settings)),
                    "spawner_class": "infra.cluster.door.spawner.DoorSpawner",
                },
                "DoorSpawner": {
                    "home": LAB_FOLDER,
                    "cluster": asdict(cluster),
                    "hub_origin": settings.address,
                    "shell_origin": service_address(settings, PORTAL),
                },
                "KubeSpawner": {
                    "enable_user_namespaces": True,
                    "user_namespace_template": NAMESPACE_TEMPLATE,
                    "automount_service_account_token": False,
                    "pod_security_context": POD_SECURITY,
                    "container_security_context": CONTAINER_SECURITY,
                    "storage_pvc_ensure": True,
                },
            },
            "networkPolicy": {"enabled": True, "egressAllowRules": {**CLOSED, **NAMES, "privateIPs": True}},
        },
        "proxy": {
            "service": {"type": "ClusterIP"},
            "chp": {
                "networkPolicy": {
                    "enabled": True,
                    "egress": proxy_to_doors(),
                    "egressAllowRules": {**CLOSED, **NAMES},
                }
            },
        },
        "singleuser": {
            "image": _image(cluster.lab_image),
            "cmd": ["python", "-I", "/opt/datalab/singleuser_main.py"],
            "defaultUrl": "/lab",
            "uid": UID,
            "fsGid": UID,
            "allowPrivilegeEscalation": False,
            "serviceAccountName": NOBODY,
            "cloudMetadata": {"blockWithIptables": False},  # the policies do, without a privileged container
            "networkPolicy": {"enabled": True, "egressAllowRules": dict(CLOSED)},
            "extraLabels": {PART: LAB, PROJECT: "{unescaped_servername}"},
            "extraEnv": lab_environment() | {"JUPYTERHUB_ACTIVITY_INTERVAL": str(seconds_between(settings))},
            "memory": {"limit": f"{settings.sandbox_memory}M", "guarantee": f"{settings.sandbox_memory}M"},
            "cpu": {"limit": settings.sandbox_cores, "guarantee": settings.sandbox_cores},
            "storage": {
                "type": "dynamic",
                "capacity": f"{settings.sandbox_workspace}Mi",
                "homeMountPath": HOME,
                "dynamic": {"storageClass": cluster.workspace_class or None},
                "extraVolumes": [
                    {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
                    {"name": "view", "persistentVolumeClaim": {"claimName": "view", "readOnly": True}},
                    {"name": "reference", "persistentVolumeClaim": {"claimName": "reference", "readOnly": True}},
                ],
                "extraVolumeMounts": [
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
                    {"name": "view", "mountPath": "/data", "readOnly": True},
                    {"name": "reference", "mountPath": "/reference", "readOnly": True},
                ],
            },
            "extraPodConfig": {
                **NO_NAMES,
                "enableServiceLinks": False,  # addresses of the project's other labs are nobody's business
                "hostUsers": False,
                **({"runtimeClassName": cluster.runtime_class} if cluster.runtime_class else {}),
            },
        },
        "scheduling": {"userScheduler": {"enabled": False}, "userPlaceholder": {"enabled": False}},
        "prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}},
        "cull": {"enabled": True, "timeout": settings.idle_minutes * 60},
    }


def lab_environment() -> dict[str, str]:
    """Return what makes the same notebook run here; the spawner adds its project, and where its gate and Spark are."""
    return {
        "DATALAB_DATA": "/data",
        "HOME": HOME,
        "JUPYTERHUB_DISABLE_USER_CONFIG": "1",
        "JUPYTERHUB_SERVICE_PORT": str(LAB_PORT),
        "PYTHONNOUSERSITE": "1",
    }


def _image(image: str) -> dict[str, str]:
    name, _, tag = image.rpartition(":")
    return {"name": name, "tag": tag}
