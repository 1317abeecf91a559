"""The lab on Kubernetes: what the rendered manifests allow, and that Kubernetes' own schemas accept every one."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import kubernetes_validate
import pyspark
import pytest
import yaml
from reachability import Place, may_reach

from datalab.errors import SettingsError
from datalab.settings import Settings
from infra.cluster.description import Cluster, read_cluster
from infra.cluster.manifests import project_manifests, to_yaml
from infra.cluster.names import DOOR, DRIVER, EXECUTOR, LAB, PART, PROJECT, namespace_of
from infra.cluster.spark import executor_template, spark_settings
from infra.cluster.values import helm_values

SETTINGS = Settings(home=Path("/lab"))
CLUSTER = Cluster()
OURS, OTHERS = "safer_streets", "schools"
VERSIONS = ("1.32", "1.37")
"""The oldest that the chart supports, and the newest whose schemas there are."""


def manifests(project: str = OURS, cluster: Cluster = CLUSTER) -> list[dict[str, Any]]:
    """Return a project's manifests, as they are read back from YAML."""
    return list(yaml.safe_load_all(to_yaml(project_manifests(SETTINGS, cluster, project, members=3))))


def of_kind(kind: str, project: str = OURS) -> list[dict[str, Any]]:
    """Return those of one kind."""
    return [one for one in manifests(project) if one["kind"] == kind]


ALL = [*manifests(), executor_template(CLUSTER, OURS)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", ALL, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_kubernetes_own_schema_accepts_every_manifest(manifest: dict[str, Any], version: str) -> None:
    """No name is unknown and no value is of another kind, in the strict schemas of two versions."""
    kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schemas_have_teeth() -> None:
    """A misspelt wall, which an API server could drop in silence, is refused."""
    (policy,) = [one for one in of_kind("NetworkPolicy") if one["metadata"]["name"] == LAB]
    policy["spec"]["egres"] = policy["spec"].pop("egress")

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(policy, "1.37", strict=True)


def pod(part: str, project: str = OURS) -> Place:
    """Return a pod of a project; doors live with the hub."""
    space = CLUSTER.hub_namespace if part == DOOR else namespace_of(project)
    return Place(name=f"{part} of {project}", namespace=space, labels={PART: part, PROJECT: project})


def chart(component: str) -> Place:
    """Return a pod of the chart's."""
    labels = {"app": "jupyterhub", "component": component}
    return Place(name=component, namespace=CLUSTER.hub_namespace, labels=labels)


NAMES = Place(name="name server", namespace="kube-system", labels={"k8s-app": "kube-dns"})
RELEASE = Place(name="release service", namespace=CLUSTER.hub_namespace, labels={PART: "release"})
API = Place(name="API server", ip="192.0.2.2")
WORLD = Place(name="the world", ip="203.0.113.9")
METADATA = Place(name="metadata", ip="169.254.169.254")
ODD = Place(name="a pod without labels", namespace=namespace_of(OURS))
POLICIES = of_kind("NetworkPolicy") + of_kind("NetworkPolicy", OTHERS)

OPEN = [
    (chart("proxy"), pod(DOOR), 8000),
    (pod(DOOR), pod(LAB), 8888),
    (pod(LAB), pod(DOOR), 8443),
    (pod(DOOR), chart("hub"), 8081),
    (pod(DOOR), RELEASE, 8090),
    (pod(LAB), pod(DRIVER), 15002),
    (pod(DRIVER), API, 443),
    (pod(DRIVER), pod(EXECUTOR), 7079),
    (pod(EXECUTOR), pod(DRIVER), 7078),
    (pod(EXECUTOR), pod(EXECUTOR), 7079),
]
"""The ways that there are; no other."""
PLACES = [
    *(pod(part, project) for part in (LAB, DRIVER, EXECUTOR, DOOR) for project in (OURS, OTHERS)),
    *(chart("hub"), chart("proxy"), NAMES, RELEASE, API, WORLD, METADATA, ODD),
]
PORTS = (53, 80, 443, 5432, 6443, 7078, 7079, 8000, 8001, 8081, 8090, 8443, 8888, 15002)


@pytest.mark.parametrize(("source", "target", "port"), OPEN, ids=lambda one: getattr(one, "name", str(one)))
def test_what_the_lab_needs_is_open(source: Place, target: Place, port: int) -> None:
    """Browser to lab by the door, lab to hub and release by the door, and Spark among its own."""
    assert may_reach(POLICIES, source, target, port)


@pytest.mark.parametrize("source", [*PLACES[:6], ODD], ids=lambda one: one.name)
def test_nothing_of_a_project_reaches_anything_else(source: Place) -> None:
    """Every pod of a project, to every place on every port, by TCP and UDP: refused, but for the ways above."""
    wanted = {(one.name.replace(OURS, "P"), to.name.replace(OURS, "P"), port) for one, to, port in OPEN}
    also = {("spark-driver of P", "API server", 6443), ("spark-executor of P", "spark-driver of P", 7079)}
    own = source.name.rpartition(" of ")[2]
    reached = {
        (source.name.replace(own, "P"), target.name.replace(own, "P"), port, protocol)
        for target in PLACES
        for port in PORTS
        for protocol in ("TCP", "UDP")
        if may_reach(POLICIES, source, target, port, protocol)
    }

    assert reached <= {(*way, "TCP") for way in wanted | also}


@pytest.mark.parametrize("target", [*PLACES[:6], ODD], ids=lambda one: one.name)
def test_nobody_else_reaches_a_project(target: Place) -> None:
    """Not another project, not the proxy past the door, not the world."""
    own = target.name.rpartition(" of ")[2]
    for source in PLACES:
        if source.name.endswith(f" of {own}"):
            continue
        assert not [port for port in PORTS if may_reach(POLICIES, source, target, port)], source.name


@pytest.mark.parametrize("without", ["refuse-everything", LAB, DRIVER])
def test_the_evaluator_sees_what_a_missing_policy_lets_through(without: str) -> None:
    """The control: without every policy of a pod it reaches the world; with the one that refuses, still nothing."""
    kept = [one for one in POLICIES if one["metadata"]["name"] not in {without, "refuse-everything"}]
    source = ODD if without == "refuse-everything" else pod(without)

    assert may_reach(kept, source, WORLD, 53, "UDP")
    assert not may_reach(POLICIES, source, WORLD, 53, "UDP")


def pods() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every pod that the manifests make, and the one that KubeSpawner makes of the values."""
    for one in ALL:
        if one["kind"] in {"Pod", "Deployment"}:
            spec = one["spec"]
            yield one["metadata"]["name"], spec["template"]["spec"] if one["kind"] == "Deployment" else spec
    values = helm_values(SETTINGS, CLUSTER)
    spawner, single = values["hub"]["config"]["KubeSpawner"], values["singleuser"]
    yield (
        "lab",
        {
            **single["extraPodConfig"],
            "securityContext": spawner["pod_security_context"],
            "automountServiceAccountToken": spawner["automount_service_account_token"],
            "serviceAccountName": single["serviceAccountName"],
            "containers": [{"securityContext": spawner["container_security_context"]}],
            "volumes": single["storage"]["extraVolumes"],
        },
    )


@pytest.mark.parametrize(("name", "spec"), list(pods()), ids=lambda one: one if isinstance(one, str) else "")
def test_no_pod_has_more_than_it_needs(name: str, spec: Mapping[str, Any]) -> None:
    """No root, no capability, no token but the driver's, no writable root, no host, no name server."""
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    assert spec["automountServiceAccountToken"] is (name == "spark")
    assert spec["serviceAccountName"] == ("spark-driver" if name == "spark" else "nobody")
    assert spec["hostUsers"] is False
    assert not [one for one in ("hostNetwork", "hostPID", "hostIPC") if spec.get(one)]
    assert (spec["dnsPolicy"], spec["dnsConfig"]["nameservers"]) == ("None", ["127.0.0.1"])
    for container in [*spec["containers"], *spec.get("initContainers", ())]:
        security = container["securityContext"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["readOnlyRootFilesystem"] is True
        assert not security["allowPrivilegeEscalation"]
        assert not security["privileged"]
    assert {next(iter(one.keys() - {"name"})) for one in spec["volumes"]} <= {
        "emptyDir",
        "persistentVolumeClaim",
        "configMap",
    }
    assert all(one["persistentVolumeClaim"]["readOnly"] for one in spec["volumes"] if "persistentVolumeClaim" in one)


def test_rights_are_few_and_stay_in_the_namespace() -> None:
    """A driver makes and removes pods of its project; nobody reads secrets, and nothing is granted cluster-wide."""
    assert not [one["kind"] for one in ALL if one["kind"].startswith("Cluster")]
    for role in of_kind("Role"):
        for rule in role["rules"]:
            assert not {"*", "secrets", "pods/exec", "nodes", "serviceaccounts/token"} & set(rule["resources"])
            assert "*" not in rule["verbs"]
    subjects = {one["subjects"][0]["name"]: one["roleRef"]["name"] for one in of_kind("RoleBinding")}
    assert subjects == {"spark-driver": "spark-driver", "hub": "hub-spawner"}
    assert all(one["automountServiceAccountToken"] is False for one in of_kind("ServiceAccount"))


def test_a_namespace_is_restricted_and_bounded() -> None:
    """Pods that ask for more are refused by the API server, and a project takes no more than its share."""
    (space,) = of_kind("Namespace")
    (quota,) = of_kind("ResourceQuota")
    (bounds,) = of_kind("LimitRange")

    assert space["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert quota["spec"]["hard"]["pods"] == str(3 + CLUSTER.executors + 1)
    assert quota["spec"]["hard"]["limits.memory"] == f"{3 * SETTINGS.sandbox_memory + 5 * CLUSTER.executor_memory}Mi"
    assert (quota["spec"]["hard"]["services.nodeports"], quota["spec"]["hard"]["services.loadbalancers"]) == ("0", "0")
    assert "default" in bounds["spec"]["limits"][0]


def test_projects_have_namespaces_of_their_own() -> None:
    """No two projects share one, however alike their names; each is a name that Kubernetes takes."""
    projects = ["a", "a_b", "ab", "a_5fb", "a__b", "a_", "x" * 40]
    spaces = [namespace_of(one) for one in projects]

    assert len(set(spaces)) == len(projects)
    assert all(re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", one) for one in spaces)


def test_spark_knows_every_setting_that_it_is_given() -> None:
    """Each name of Kubernetes' part of Spark stands in the Spark that the lab ships, so none is misspelt."""
    (jar,) = Path(pyspark.__file__).parent.glob("jars/spark-kubernetes_*.jar")
    with zipfile.ZipFile(jar) as classes:
        known = b"".join(classes.read(one) for one in classes.namelist() if one.endswith("k8s/Config$.class"))
    asked = [one for one in spark_settings(CLUSTER, OURS) if one.startswith("spark.kubernetes.")]

    assert len(asked) > 5
    assert [one for one in asked if one.encode() not in known and one.rpartition(".")[2].encode() not in known] == []
    assert b"spark.kubernetes.executor.podTemplateFiles" not in known


def test_executors_are_made_of_the_template_in_the_projects_namespace() -> None:
    """Spark's settings name the template, the namespace and the account without rights, and keep to the quota."""
    conf = spark_settings(CLUSTER, OURS)
    (config,) = of_kind("ConfigMap")

    assert yaml.safe_load(config["data"]["executor.yaml"]) == executor_template(CLUSTER, OURS)
    assert conf["spark.kubernetes.namespace"] == namespace_of(OURS)
    assert conf["spark.kubernetes.authenticate.executor.serviceAccountName"] == "nobody"
    assert int(conf["spark.dynamicAllocation.maxExecutors"]) == CLUSTER.executors
    assert conf["spark.ui.enabled"] == conf["spark.eventLog.enabled"] == "false"
    heap, rest = (int(conf[f"spark.executor.{one}"][:-1]) for one in ("memory", "memoryOverhead"))
    assert heap + rest == CLUSTER.executor_memory


def test_a_runtime_class_is_on_every_pod_that_researchers_use() -> None:
    """A sandboxed runtime, gVisor or Kata, is one word of the operator's."""
    cluster = replace(CLUSTER, runtime_class="gvisor")
    (deployment,) = [one for one in manifests(cluster=cluster) if one["kind"] == "Deployment"]

    assert deployment["spec"]["template"]["spec"]["runtimeClassName"] == "gvisor"
    assert executor_template(cluster, OURS)["spec"]["runtimeClassName"] == "gvisor"
    assert helm_values(SETTINGS, cluster)["singleuser"]["extraPodConfig"]["runtimeClassName"] == "gvisor"


def test_the_chart_opens_nothing_for_researchers() -> None:
    """Each of the chart's own ways out is closed for labs, name servers too, and no privileged container runs."""
    single = helm_values(SETTINGS, CLUSTER)["singleuser"]

    assert set(single["networkPolicy"]["egressAllowRules"].values()) == {False}
    assert len(single["networkPolicy"]["egressAllowRules"]) == 6
    assert single["cloudMetadata"]["blockWithIptables"] is False


@pytest.mark.parametrize(
    "text", ['api_backends = "0.0.0.0/0"', 'door_address = "door.example"', 'colour = "red"', 'executors = "4"']
)
def test_a_description_that_would_open_everything_is_refused(text: str, tmp_path: Path) -> None:
    """An address that is none or means everywhere, an unknown name, another kind of value."""
    file = tmp_path / "cluster.toml"
    assert read_cluster(file) == CLUSTER
    file.write_text(text)

    with pytest.raises(SettingsError):
        read_cluster(file)
