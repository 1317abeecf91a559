"""Whether one pod may reach another, by the rules of Kubernetes' NetworkPolicy (networking.k8s.io/v1).

A pod that no policy selects for a direction is open in it; one that is selected is closed but for the union of the
rules of all policies that select it. A connection needs the source's egress and the target's ingress.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Policy = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A pod, or an address outside of the cluster, where `namespace` is empty."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ip: str = "198.51.100.1"


def may_reach(policies: Sequence[Policy], source: Place, target: Place, port: int, protocol: str = "TCP") -> bool:
    """Say whether a connection is let through."""
    outward, inward = ("egress", "to"), ("ingress", "from")
    return all(
        _open(_rules(policies, here, way[0]), here, there, way[1], port=port, protocol=protocol)
        for here, there, way in ((source, target, outward), (target, source, inward))
    )


def _rules(policies: Sequence[Policy], here: Place, direction: str) -> Sequence[Mapping[str, Any]] | None:
    """Return the union of the rules for a pod; None where no policy selects it in this direction."""
    mine = [
        one["spec"]
        for one in policies
        if one["metadata"]["namespace"] == here.namespace
        and _selects(one["spec"]["podSelector"], here.labels)
        and direction.capitalize() in _types(one["spec"])
    ]
    return [rule for spec in mine for rule in spec.get(direction) or ()] if mine else None


def _open(
    rules: Sequence[Mapping[str, Any]] | None, here: Place, there: Place, peers: str, *, port: int, protocol: str
) -> bool:
    return rules is None or any(
        _to_peer(rule.get(peers), there, here.namespace) and _to_port(rule.get("ports"), port, protocol)
        for rule in rules
    )


def _types(spec: Mapping[str, Any]) -> Sequence[str]:
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _to_peer(peers: Sequence[Mapping[str, Any]] | None, there: Place, namespace: str) -> bool:
    return not peers or any(_is(peer, there, namespace) for peer in peers)


def _is(peer: Mapping[str, Any], there: Place, namespace: str) -> bool:
    if block := peer.get("ipBlock"):
        address = ipaddress.ip_address(there.ip)
        inside = address in ipaddress.ip_network(block["cidr"])
        return inside and not any(address in ipaddress.ip_network(one) for one in block.get("except", ()))
    if not there.namespace:
        return False
    spaces = peer.get("namespaceSelector")
    in_space = there.namespace == namespace if spaces is None else _selects(spaces, _space_labels(there.namespace))
    return in_space and _selects(peer.get("podSelector", {}), there.labels)


def _space_labels(namespace: str) -> Mapping[str, str]:
    return {"kubernetes.io/metadata.name": namespace}


def _to_port(ports: Sequence[Mapping[str, Any]] | None, port: int, protocol: str) -> bool:
    return not ports or any(
        one.get("protocol", "TCP") == protocol
        and ("port" not in one or one["port"] <= port <= one.get("endPort", one["port"]))
        for one in ports
    )


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels"}, "The evaluator knows no expressions."
    return all(labels.get(name) == value for name, value in selector.get("matchLabels", {}).items())
