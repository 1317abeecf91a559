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
from infra.cluster.door.pod import RELEASE_DOOR, DoorPod
from infra.cluster.manifests import project_manifests, to_yaml
from infra.cluster.names import DOOR, DRIVER, EXECUTOR, LAB, PART, namespace_of, spark_namespace_of
from infra.cluster.names import labels as marks
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


def door_of(person: str, project: str = OURS, cluster: Cluster = CLUSTER) -> DoorPod:
    """Return one person's door."""
    return DoorPod(
        cluster=cluster,
        person=person,
        project=project,
        prefix=f"/user/{person}/{project}/",
        hub_origin="https://lab.example",
        shell_origin="https://portal--service.lab.example",
    )


def made_by_the_spawner(door: DoorPod) -> list[dict[str, Any]]:
    """Return what the spawner makes beside a lab."""
    secret = "0123456789abcdef" * 4
    return [door.lab_secret(secret), door.service(), door.door_secret(secret), door.claim(), door.pod("192.0.2.7")]


ALL = [*manifests(), executor_template(CLUSTER, OURS), *made_by_the_spawner(door_of("alice"))]


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
    """Return a pod of a project, as it is made: doors live with the hub, and Spark apart from the labs."""
    space = {DOOR: CLUSTER.hub_namespace, LAB: namespace_of(project)}.get(part, spark_namespace_of(project))
    labels = marks(part, project)
    if part == DOOR:
        labels = door_of("alice", project).pod("192.0.2.7")["metadata"]["labels"]
    return Place(name=f"{part} of {project}", namespace=space, labels=labels)


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
FALSE_LAB = Place(name="a false lab", namespace=spark_namespace_of(OURS), labels=marks(LAB, OURS))
"""What code in a driver can make: a pod with any labels, in the namespace of Spark."""


def charts_own() -> list[dict[str, Any]]:
    """Return the chart's policies of proxy and hub (4.4.0, templates `netpol.yaml`), with our values in them."""
    values = helm_values(SETTINGS, CLUSTER)

    def policy(component: str, **rules: Any) -> dict[str, Any]:
        of_chart = {"app": "jupyterhub", "component": component}
        return {
            "metadata": {"name": component, "namespace": CLUSTER.hub_namespace},
            "spec": {
                "podSelector": {"matchLabels": of_chart},
                "policyTypes": [one.capitalize() for one in rules],
                **rules,
            },
        }

    def pods(**labels: str) -> list[dict[str, Any]]:
        return [{"podSelector": {"matchLabels": labels}}]

    return [
        policy(
            "proxy",
            egress=[
                {"to": pods(app="jupyterhub", component="hub"), "ports": [{"port": 8081}]},
                {"to": pods(app="jupyterhub", component="singleuser-server"), "ports": [{"port": 8888}]},
                *values["proxy"]["chp"]["networkPolicy"]["egress"],
            ],
        ),
        policy(
            "hub", ingress=[{"from": pods(**{"hub.jupyter.org/network-access-hub": "true"}), "ports": [{"port": 8081}]}]
        ),
    ]


POLICIES = of_kind("NetworkPolicy") + of_kind("NetworkPolicy", OTHERS) + charts_own()

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
    *(chart("hub"), chart("proxy"), NAMES, RELEASE, API, WORLD, METADATA, ODD, FALSE_LAB),
]
PORTS = (53, 80, 443, 5432, 6443, 7078, 7079, 8000, 8001, 8081, 8090, 8443, 8888, 15002)


@pytest.mark.parametrize(("source", "target", "port"), OPEN, ids=lambda one: getattr(one, "name", str(one)))
def test_what_the_lab_needs_is_open(source: Place, target: Place, port: int) -> None:
    """Browser to lab by the door, lab to hub and release by the door, and Spark among its own."""
    assert may_reach(POLICIES, source, target, port)


@pytest.mark.parametrize("source", [*PLACES[:8], ODD, FALSE_LAB], ids=lambda one: one.name)
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


@pytest.mark.parametrize("target", [*PLACES[:6], ODD, FALSE_LAB], ids=lambda one: one.name)
def test_nobody_else_reaches_a_project(target: Place) -> None:
    """Not another project, not the proxy past the door, not the world."""
    own = target.name.rpartition(" of ")[2]
    for source in PLACES:
        if source.name.endswith(f" of {own}"):
            continue
        assert not [port for port in PORTS if may_reach(POLICIES, source, target, port)], source.name


def test_a_door_is_reached_by_the_proxy_the_hub_and_its_projects_labs() -> None:
    """Browsers come by the proxy at one port, labs of the project at the other, and nobody else at any."""
    reached = {
        (source.name, port) for source in PLACES for port in PORTS if may_reach(POLICIES, source, pod(DOOR), port)
    }

    assert reached == {("proxy", 8000), ("hub", 8000), (f"lab of {OURS}", 8443)}


def test_the_chart_alone_would_keep_the_proxy_from_the_doors() -> None:
    """The control: without our value the chart's policy lets the proxy reach no door, and the hub no door's call."""
    shut = [one for one in POLICIES if one["metadata"]["name"] != "proxy"]
    (proxy,) = [one for one in POLICIES if one["metadata"]["name"] == "proxy"]
    shut.append({**proxy, "spec": {**proxy["spec"], "egress": proxy["spec"]["egress"][:2]}})
    bare = Place(name="bare", namespace=CLUSTER.hub_namespace, labels=marks(DOOR, OURS))

    assert not may_reach(shut, chart("proxy"), pod(DOOR), 8000)
    assert not may_reach(POLICIES, bare, chart("hub"), 8081)


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
        *(["projected"] if name.startswith(DOOR) else []),
    }
    written = {
        one["name"] for one in spec["volumes"] if not one.get("persistentVolumeClaim", {"readOnly": 1}).get("readOnly")
    }
    assert written == ({"state"} if name.startswith(DOOR) else set())


def test_rights_are_few_and_stay_in_the_namespace() -> None:
    """A driver makes pods where no lab is; nobody reads secrets, and nothing is granted cluster-wide."""
    assert not [one["kind"] for one in ALL if one["kind"].startswith("Cluster")]
    for role in of_kind("Role"):
        for rule in role["rules"]:
            assert not {"*", "pods/exec", "nodes", "serviceaccounts/token"} & set(rule["resources"])
            assert not {"*", "update", "patch"} & set(rule["verbs"])
            if "secrets" in rule["resources"]:
                assert (role["metadata"]["name"], set(rule["verbs"])) == ("hub-spawner", {"create", "delete"})
    subjects = {
        (one["metadata"]["namespace"], one["subjects"][0]["name"], one["roleRef"]["name"])
        for one in of_kind("RoleBinding")
    }
    assert subjects == {
        (namespace_of(OURS), "hub", "hub-spawner"),
        (spark_namespace_of(OURS), "hub", "hub-spawner"),
        (spark_namespace_of(OURS), "spark-driver", "spark-driver"),
    }
    assert all(one["automountServiceAccountToken"] is False for one in of_kind("ServiceAccount"))


def test_what_a_driver_can_read_and_make_is_not_where_labs_and_their_secrets_are() -> None:
    """Researchers' code holds the driver's token: labs, their hub tokens and their gates' secrets are elsewhere."""
    door = door_of("alice")
    space = {one["metadata"]["namespace"] for one in of_kind("Role") if one["metadata"]["name"] == "spark-driver"}

    assert space == {spark_namespace_of(OURS)}
    assert not space & {one["metadata"]["namespace"] for one in made_by_the_spawner(door)}
    assert namespace_of(OURS) not in space


def test_a_namespace_is_restricted_and_bounded() -> None:
    """Pods that ask for more are refused by the API server, and a project takes no more than its share."""
    spaces = of_kind("Namespace")
    quotas = {one["metadata"]["namespace"]: one["spec"]["hard"] for one in of_kind("ResourceQuota")}
    labs, spark = quotas[namespace_of(OURS)], quotas[spark_namespace_of(OURS)]

    assert {one["metadata"]["name"] for one in spaces} == set(quotas)
    assert {one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] for one in spaces} == {"restricted"}
    assert (labs["pods"], spark["pods"]) == ("3", str(CLUSTER.executors + 1))
    assert labs["limits.memory"] == f"{3 * SETTINGS.sandbox_memory}Mi"
    assert spark["limits.memory"] == f"{5 * CLUSTER.executor_memory}Mi"
    assert {one[name] for one in (labs, spark) for name in ("services.nodeports", "services.loadbalancers")} == {"0"}
    assert len([one for one in of_kind("LimitRange") if "default" in one["spec"]["limits"][0]]) == 2


def test_each_lab_has_a_door_of_its_own() -> None:
    """Two people of one project, and one person in two projects, share no pod, secret, volume, address or mark."""
    doors = [door_of("alice"), door_of("bob"), door_of("alice", OTHERS)]
    made = [[(one["kind"], one["metadata"]["name"]) for one in made_by_the_spawner(door)] for door in doors]
    services = [door.service()["spec"]["selector"] for door in doors]

    assert len({one for each in made for one in each}) == sum(len(each) for each in made)
    assert [door.lab_labels for door in doors] == services
    assert not [1 for one in services for other in services if one is not other and one == other]
    assert all(re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", name) for each in made for _, name in each)


def test_a_door_is_told_whose_it_is_and_holds_both_secrets() -> None:
    """Identity stands in the door's own description; secrets come by files, and no value of one stands in a pod."""
    door = door_of("alice")
    pod = door.pod("192.0.2.7")["spec"]
    told = {one["name"]: one["value"] for one in pod["containers"][0]["env"]}
    (secrets,) = [one["projected"]["sources"] for one in pod["volumes"] if "projected" in one]

    assert (told["DATALAB_PERSON"], told["DATALAB_PROJECT"]) == ("alice", OURS)
    assert told["DATALAB_LAB"] == "192.0.2.7:8888"
    assert [one["secret"]["name"] for one in secrets] == [door.name, RELEASE_DOOR]
    assert "0123456789abcdef" not in str(pod)
    assert pod["restartPolicy"] == "Never"
    assert pod["enableServiceLinks"] is True


def test_projects_have_namespaces_of_their_own() -> None:
    """No two projects share one, however alike their names; each is a name that Kubernetes takes."""
    projects = ["a", "a_b", "ab", "a_5fb", "a__b", "a_", "x" * 40]
    projects = [*projects, *("spark", "a_spark", "aspark", "y" * 40)]
    spaces = [one(project) for project in projects for one in (namespace_of, spark_namespace_of)]

    assert len(set(spaces)) == 2 * len(projects)
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
    assert conf["spark.kubernetes.namespace"] == spark_namespace_of(OURS)
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
    "text", ['api_backends = "0.0.0.0/0"', 'api_address = "api.example"', 'colour = "red"', 'executors = "4"']
)
def test_a_description_that_would_open_everything_is_refused(text: str, tmp_path: Path) -> None:
    """An address that is none or means everywhere, an unknown name, another kind of value."""
    file = tmp_path / "cluster.toml"
    assert read_cluster(file) == CLUSTER
    file.write_text(text)

    with pytest.raises(SettingsError):
        read_cluster(file)
