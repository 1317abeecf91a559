"""What Kubernetes is told to make for one lab beside the lab's own pod: a door, its secrets, its volume, an address.

    hub's namespace       pod, secret and volume claim `door-<key>`
    labs' namespace       secret and service `lab-<key>`; the service's address is the door's way to the lab

The same secret, new at each start, is in both: with it the lab proves itself at its gate. The proof for the release
service is in a third, `release-door`, that an operator makes and only doors mount.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from datalab.governance.server import server_name
from infra.cluster.description import Cluster
from infra.cluster.door import settings as told
from infra.cluster.names import (
    CONNECT_PORT,
    DOOR,
    DOOR_PORT,
    GATE_PORT,
    LAB,
    LAB_PORT,
    OWNER,
    PART,
    PROJECT,
    lab_key,
    labels,
    namespace_of,
)
from infra.cluster.namespace import NOBODY
from infra.cluster.pods import pod_of, resources

RELEASE_DOOR = "release-door"
"""Secret of the hub's namespace: its key `release` proves to the release service that a door speaks."""
REACHES_HUB = "hub.jupyter.org/network-access-hub"
"""Label of pods that the chart's own policy of the hub lets in."""
SECRETS, STATE = "/etc/datalab/secrets", "/var/lib/datalab"
LAB_SECRET_FOLDER = "/etc/datalab/gate"  # noqa: S105 - a folder
STORAGE = "64Mi"
"""Of a door's volume: the meter, and the log's two files of 16 MiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPod:
    """One person's door of one project."""

    cluster: Cluster
    person: str
    project: str
    prefix: str
    """Path under which the proxy shows the lab."""
    hub_origin: str
    shell_origin: str

    @property
    def name(self) -> str:
        """Name of the door's pod, secret and claim."""
        return f"{DOOR}-{lab_key(self.project, self.person)}"

    @property
    def lab_name(self) -> str:
        """Name of the secret and the service beside the lab."""
        return f"{LAB}-{lab_key(self.project, self.person)}"

    @property
    def lab_labels(self) -> dict[str, str]:
        """Labels of the one pod that is this lab."""
        return {**labels(LAB, self.project), OWNER: lab_key(self.project, self.person)}

    def door_secret(self, secret: str) -> dict[str, Any]:
        """Return the lab's secret for the door."""
        return self._secret(self.name, self.cluster.hub_namespace, secret)

    def lab_secret(self, secret: str) -> dict[str, Any]:
        """Return the lab's secret for the lab."""
        return self._secret(self.lab_name, namespace_of(self.project), secret)

    def service(self) -> dict[str, Any]:
        """Return the lab's address, which is known before the lab is, and leads to no other pod after it."""
        meta = {"name": self.lab_name, "namespace": namespace_of(self.project), "labels": self.lab_labels}
        port = {"name": "lab", "port": LAB_PORT, "targetPort": LAB_PORT, "protocol": "TCP"}
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {"type": "ClusterIP", "selector": self.lab_labels, "ports": [port]},
        }

    def claim(self) -> dict[str, Any]:
        """Return the door's volume, which outlives it: a lab that is started again has no more to show."""
        storage_class = {"storageClassName": self.cluster.door_class} if self.cluster.door_class else {}
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": self._meta(),
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": STORAGE}},
                **storage_class,
            },
        }

    def pod(self, lab_address: str) -> dict[str, Any]:
        """Return the door's pod.

        Args:
            lab_address: IP address of the lab's service.
        """
        secrets = [
            {"secret": {"name": self.name, "items": [{"key": told.LAB_SECRET, "path": told.LAB_SECRET}]}},
            {"secret": {"name": RELEASE_DOOR, "items": [{"key": told.RELEASE_SECRET, "path": told.RELEASE_SECRET}]}},
        ]
        container = {
            "name": DOOR,
            "image": self.cluster.door_image,
            "command": ["python", "-m", "infra.cluster.door"],
            "env": [{"name": name, "value": value} for name, value in self._environment(lab_address).items()],
            "ports": [{"containerPort": one, "protocol": "TCP"} for one in (DOOR_PORT, GATE_PORT)],
            "resources": resources(cores=0.5, memory=256),
            "readinessProbe": {"tcpSocket": {"port": GATE_PORT}, "periodSeconds": 2},  # the gate opens last
            "volumeMounts": [
                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
                {"name": "state", "mountPath": STATE},
                {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
            ],
        }
        volumes = [
            {"name": "state", "persistentVolumeClaim": {"claimName": self.name}},
            {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": secrets}},
        ]
        ordinary = replace(self.cluster, runtime_class="")  # nothing of a researcher's runs here
        spec = pod_of(ordinary, account=NOBODY, token=False, containers=[container], volumes=volumes)
        # Addresses of hub and release service come by the environment; a door that ended ends its lab, not itself.
        spec |= {"enableServiceLinks": True, "restartPolicy": "Never"}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": self._meta(), "spec": spec}

    def lab_environment(self, door_address: str, spark_address: str) -> dict[str, str]:
        """Return what the lab's pod is told: its project, and its gate and Spark by IP address."""
        gate = f"[{door_address}]:{GATE_PORT}" if ":" in door_address else f"{door_address}:{GATE_PORT}"
        spark = f"[{spark_address}]" if ":" in spark_address else spark_address
        return {
            told.PROJECT: self.project,
            "DATALAB_GATE": gate,
            "DATALAB_GATE_SECRET": f"{LAB_SECRET_FOLDER}/{told.LAB_SECRET}",
            "JUPYTERHUB_API_URL": f"http://{gate}/hub/api",
            "JUPYTERHUB_ACTIVITY_URL": f"http://{gate}/hub/api/users/{self.person}/activity",
            "SPARK_REMOTE": f"sc://{spark}:{CONNECT_PORT}",
        }

    def lab_volume(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the volume of the lab's secret, and how the lab mounts it."""
        volume = {"name": "gate", "secret": {"secretName": self.lab_name, "defaultMode": 0o440}}
        return volume, {"name": "gate", "mountPath": LAB_SECRET_FOLDER, "readOnly": True}

    def _environment(self, lab_address: str) -> dict[str, str]:
        lab = f"[{lab_address}]" if ":" in lab_address else lab_address
        return {
            told.PERSON: self.person,
            told.PROJECT: self.project,
            told.PREFIX: self.prefix,
            told.LAB: f"{lab}:{LAB_PORT}",
            told.HUB: "$(HUB_SERVICE_HOST):$(HUB_SERVICE_PORT)",
            told.RELEASE: "$(RELEASE_SERVICE_HOST):$(RELEASE_SERVICE_PORT)",
            told.HUB_ORIGIN: self.hub_origin,
            told.SHELL_ORIGIN: self.shell_origin,
            told.SECRETS: SECRETS,
            told.STATE: STATE,
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _meta(self) -> dict[str, Any]:
        marks = {**labels(DOOR, self.project), OWNER: lab_key(self.project, self.person), REACHES_HUB: "true"}
        return {"name": self.name, "namespace": self.cluster.hub_namespace, "labels": marks}

    def _secret(self, name: str, space: str, secret: str) -> dict[str, Any]:
        marks = {PART: "secret", PROJECT: server_name(self.project)}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": space, "labels": marks},
            "immutable": True,
            "stringData": {told.LAB_SECRET: secret},
        }
