"""What a cluster is called and made of: the operator's own choices, read from `cluster.toml` in the lab's folder."""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from datalab.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One Kubernetes cluster, as the lab uses it."""

    hub_namespace: str = "datalab"
    """Where hub, proxy, portal, release service and doors run."""
    lab_image: str = "registry.example/datalab-lab:0.1.0"
    """JupyterLab and the lab's packages; the lab's own `infra/enclave/inside` is its policy."""
    spark_image: str = "registry.example/datalab-spark:4.3.0"
    """Spark 4.3 with Python, of the same packages as the lab's image."""
    hub_image: str = "registry.example/datalab-hub"
    """JupyterHub 6 with this repository and KubeSpawner; without its tag."""
    hub_tag: str = "0.1.0"
    door_image: str = "registry.example/datalab-door:0.1.0"
    """Python with this repository, for `python -m infra.cluster.door`; nothing of a researcher's runs in it."""
    door_class: str = ""
    """StorageClass of the doors' small volumes; empty: the cluster's default."""
    api_address: str = "192.0.2.1"
    """Cluster address of the API server's Service; the drivers of Spark ask it for executors."""
    api_backends: str = "192.0.2.2/32"
    """Networks of the API server itself, with commas: network policies see addresses after translation."""
    runtime_class: str = ""
    """RuntimeClass of what researchers run, such as `gvisor` or `kata`; empty: the cluster's ordinary one."""
    executors: int = 4
    """Most Spark executors of one project."""
    executor_cores: int = 2
    executor_memory: int = 4096
    """MiB of one executor's pod."""
    workspace_class: str = ""
    """StorageClass of workspaces; empty: the cluster's default."""

    def __post_init__(self) -> None:
        """Refuse addresses that are none: a policy for nowhere would look like one that holds."""
        try:
            ipaddress.ip_address(self.api_address)
            for network in self.backends:
                if ipaddress.ip_network(network).prefixlen == 0:
                    raise ValueError  # noqa: TRY301
        except ValueError:
            raise SettingsError(
                "An address of the cluster is none, or means everywhere.",
                why="Network policies are written with them.",
                remedy="Correct api_address and api_backends in cluster.toml.",
            ) from None

    @property
    def backends(self) -> tuple[str, ...]:
        """Networks of the API server."""
        return tuple(one.strip() for one in self.api_backends.split(","))


def read_cluster(file: Path) -> Cluster:
    """Read a description; without a file, everything is as above.

    Raises:
        SettingsError: if a name is unknown or a value is of another kind.
    """
    if not file.exists():
        return Cluster()
    known = {one.name: {"int": int, "str": str}[str(one.type)] for one in fields(Cluster)}
    stated = tomllib.loads(file.read_text())
    for name, value in stated.items():
        if name not in known or type(value) is not known[name]:
            raise SettingsError(
                f"{name} in {file} is no setting of a cluster, or of another kind.",
                remedy=f"Known: {', '.join(sorted(known))}.",
            )
    return Cluster(**stated)
