"""Names and labels of what the lab has in a cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from datalab.governance.server import server_name

PART = "datalab.example/part"
OWNER = "datalab.example/lab"
"""Which lab: the same of a lab and of its door, and of no other."""
PROJECT = "datalab.example/project"
LAB, DRIVER, EXECUTOR, DOOR, PROXY, HUB, RELEASE = (
    "lab", "spark-driver", "spark-executor", "door", "proxy", "hub", "release",
)  # fmt: skip
NAMESPACE = "kubernetes.io/metadata.name"
"""Every namespace has this label, with its own name, set by the API server (Well-Known Labels)."""
NAMESPACE_TEMPLATE = "datalab-{escaped_servername}"
"""As KubeSpawner writes it."""
LAB_PORT, GATE_PORT, DOOR_PORT, CONNECT_PORT, DRIVER_PORT, BLOCKS_PORT = 8888, 8443, 8000, 15002, 7078, 7079
HUB_PORT, RELEASE_PORT = 8081, 8090


def namespace_of(project: str) -> str:
    """Return a project's namespace: KubeSpawner escapes what is no lower-case letter or digit to `-` and its hex."""
    return "datalab-" + server_name(project).replace("-", "-2d")


def spark_namespace_of(project: str) -> str:
    """Return the namespace of a project's Spark: its driver may make and read pods there, so no lab is there.

    In another project's name no `-` is followed by a letter, so the two never meet.
    """
    return f"{namespace_of(project)}-spark"


def lab_key(project: str, person: str) -> str:
    """Return a short name of one person's lab of one project, for what Kubernetes names."""
    return hashlib.sha256(f"{project}/{person}".encode()).hexdigest()[:16]


def labels(part: str, project: str) -> Mapping[str, str]:
    """Return the labels of a pod; the policies go by them."""
    return {PART: part, PROJECT: server_name(project)}
