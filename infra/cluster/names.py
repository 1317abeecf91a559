"""Names and labels of what the lab has in a cluster."""

from __future__ import annotations

from collections.abc import Mapping

PART = "datalab.example/part"
PROJECT = "datalab.example/project"
LAB, DRIVER, EXECUTOR, DOOR, PROXY, HUB = "lab", "spark-driver", "spark-executor", "door", "proxy", "hub"
NAMESPACE = "kubernetes.io/metadata.name"
"""Every namespace has this label, with its own name, set by the API server (Well-Known Labels)."""
NAMESPACE_TEMPLATE = "datalab-{escaped_servername}"
"""As KubeSpawner writes it; a server's name is its project."""
LAB_PORT, GATE_PORT, DOOR_PORT, CONNECT_PORT, DRIVER_PORT, BLOCKS_PORT = 8888, 8443, 8000, 15002, 7078, 7079


def namespace_of(project: str) -> str:
    """Return a project's namespace: KubeSpawner escapes what is no lower-case letter or digit to `-` and its hex."""
    return "datalab-" + project.replace("_", "-5f")


def labels(part: str, project: str) -> Mapping[str, str]:
    """Return the labels of a pod; the policies go by them."""
    return {PART: part, PROJECT: project}
