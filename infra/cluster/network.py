"""Network policies of one project: everything is refused, both ways, and then these ways are opened.

    proxy -> door -> lab          the browser's way in, through the door's list of paths
    lab -> door                   hub calls that are on the list, and questions to the release service
    lab -> driver                 Spark Connect, in the project's other namespace
    driver <-> executor, executor <-> executor
    driver -> API server          to ask for executors

No pod of a project may ask a name server: names can carry data out as well as anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datalab.governance.server import server_name
from infra.cluster.description import Cluster
from infra.cluster.names import (
    BLOCKS_PORT,
    CONNECT_PORT,
    DOOR,
    DOOR_PORT,
    DRIVER,
    DRIVER_PORT,
    EXECUTOR,
    GATE_PORT,
    HUB,
    HUB_PORT,
    LAB,
    LAB_PORT,
    NAMESPACE,
    PART,
    PROJECT,
    PROXY,
    RELEASE,
    RELEASE_PORT,
    namespace_of,
    spark_namespace_of,
)

API_PORTS = (443, 6443)


def project_policies(cluster: Cluster, project: str) -> list[dict[str, Any]]:
    """Return the policies of a project's two namespaces."""
    labs, spark = namespace_of(project), spark_namespace_of(project)
    door = _in(cluster.hub_namespace, DOOR, project)
    own = {part: {"podSelector": {"matchLabels": {PART: part}}} for part in (DRIVER, EXECUTOR)}
    api = [{"ipBlock": {"cidr": one}} for one in cluster.backends]
    return [
        *(_policy("refuse-everything", space, {}) for space in (labs, spark)),
        _policy(
            LAB,
            labs,
            {PART: LAB},
            ingress=[_rule("from", [door], [LAB_PORT])],
            egress=[
                _rule("to", [door], [GATE_PORT]),
                _rule("to", [_in(spark, DRIVER, project)], [CONNECT_PORT]),
            ],
        ),
        _policy(
            DRIVER,
            spark,
            {PART: DRIVER},
            ingress=[
                _rule("from", [_in(labs, LAB, project)], [CONNECT_PORT]),
                _rule("from", [own[EXECUTOR]], [DRIVER_PORT, BLOCKS_PORT]),
            ],
            egress=[_rule("to", [own[EXECUTOR]], [BLOCKS_PORT]), _rule("to", api, API_PORTS)],
        ),
        _policy(
            EXECUTOR,
            spark,
            {PART: EXECUTOR},
            ingress=[_rule("from", [own[DRIVER], own[EXECUTOR]], [BLOCKS_PORT])],
            egress=[
                _rule("to", [own[DRIVER]], [DRIVER_PORT, BLOCKS_PORT]),
                _rule("to", [own[EXECUTOR]], [BLOCKS_PORT]),
            ],
        ),
    ]


def door_policy(cluster: Cluster, project: str) -> dict[str, Any]:
    """Return what the doors of a project may: the proxy and its labs reach them; they reach hub, release and labs."""
    labs = _in(namespace_of(project), LAB, project)
    within = {"podSelector": {"matchLabels": {"app": "jupyterhub", "component": HUB}}}
    release = {"podSelector": {"matchLabels": {PART: RELEASE}}}
    proxy = {"podSelector": {"matchLabels": {"app": "jupyterhub", "component": PROXY}}}
    return _policy(
        f"{DOOR}-{namespace_of(project)}",
        cluster.hub_namespace,
        {PART: DOOR, PROJECT: server_name(project)},
        ingress=[_rule("from", [proxy, within], [DOOR_PORT]), _rule("from", [labs], [GATE_PORT])],
        egress=[
            _rule("to", [labs], [LAB_PORT]),
            _rule("to", [within], [HUB_PORT]),
            _rule("to", [release], [RELEASE_PORT]),
        ],
    )


def proxy_to_doors() -> list[dict[str, Any]]:
    """Return what the chart's policy of the proxy must open besides: doors, of every project, and no lab."""
    return [_rule("to", [{"podSelector": {"matchLabels": {PART: DOOR}}}], [DOOR_PORT])]


def _policy(
    name: str,
    namespace: str,
    selected: Mapping[str, str],
    *,
    ingress: Sequence[Mapping[str, Any]] = (),
    egress: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "podSelector": {"matchLabels": dict(selected)} if selected else {},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": list(ingress),
            "egress": list(egress),
        },
    }


def _rule(way: str, peers: Sequence[Mapping[str, Any]], ports: Sequence[int]) -> dict[str, Any]:
    return {way: list(peers), "ports": [{"protocol": "TCP", "port": one} for one in ports]}


def _in(namespace: str, part: str, project: str) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {NAMESPACE: namespace}},
        "podSelector": {"matchLabels": {PART: part, PROJECT: server_name(project)}},
    }
