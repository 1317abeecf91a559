"""Lab and door made, watched and ended together, by a real hub with KubeSpawner, before a stand-in of a cluster.

Runs where KubeSpawner is installed beside the lab, which it is in no lab but in the hub's image: in a folder of its own
(`pip install --no-deps --target`: jupyterhub-kubespawner 7.1.0, kubernetes-asyncio, escapism, python-slugify,
text-unidecode, urllib3, python-dateutil, six, certifi) that PYTHONPATH names. Otherwise it is skipped.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kube_hub import CLUSTER, KubeHub, kube_hub, until
from open_house import programs_there

from infra.cluster.names import LAB_PORT, OWNER, PART, lab_key, namespace_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("kubespawner") is None, reason="KubeSpawner is in the hub's image"),
    pytest.mark.skipif(not programs_there(), reason="needs the proxy"),
]
LABS, HUBS = namespace_of("safer"), CLUSTER.hub_namespace
ANN = lab_key("safer", "ann")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubeHub]:
    """Run a hub for this file."""
    found = importlib.util.find_spec("kubespawner")
    assert found is not None
    assert found.origin is not None
    with kube_hub(tmp_path_factory.mktemp("kube"), Path(found.origin).parents[1]) as one:
        yield one


@pytest.fixture
def ann(hub: KubeHub) -> Iterator[KubeHub]:
    """Ann's lab runs."""
    hub.start("ann")
    yield hub
    if hub.server("ann"):
        hub.call("DELETE", "/users/ann/servers/safer")
    until(lambda: not hub.server("ann") and not left(hub))


def left(hub: KubeHub) -> list[str]:
    """Return what there is of ann's lab, but for volumes."""
    found = [*hub.api.names("pods", LABS), *hub.api.names("pods", HUBS), *hub.api.names("services", LABS)]
    return [*found, *(one for space in (LABS, HUBS) for one in hub.api.names("secrets", space) if ANN in one)]


def pods(hub: KubeHub, space: str) -> list[dict[str, object]]:
    """Return the pods of a namespace."""
    return [one for (kind, where, _), one in hub.api.there.items() if (kind, where) == ("pods", space)]


def test_the_proxy_is_sent_to_the_door_and_the_door_to_the_lab(ann: KubeHub) -> None:
    """A browser's page comes by the proxy and the door's own process, under the door's policy, and goes on doing so."""
    (door,) = pods(ann, HUBS)
    at = door["status"]["podIP"]  # type: ignore[index]

    for _ in range(2):
        status, headers = ann.browse("/user/ann/safer/lab")
        assert status == 200
        assert "frame-ancestors" in headers["content-security-policy"]
        assert ann.target("ann") == f"http://{at}:8000"
        until_looked_at(ann)
    assert ann.browse("/user/ann/safer/files/a.txt")[0] == 403


def until_looked_at(hub: KubeHub) -> None:
    """Wait for two looks of the hub, which sends the proxy elsewhere if the address is another."""
    time.sleep(5)
    assert hub.server("ann")["ready"]


def test_the_lab_is_told_its_gate_and_proves_itself_there(ann: KubeHub) -> None:
    """The pod's own secret opens the gate that its environment names; nobody speaks without it."""
    (lab,), (door,) = pods(ann, LABS), pods(ann, HUBS)
    container = lab["spec"]["containers"][0]  # type: ignore[index]
    told = {one["name"]: one.get("value") for one in container["env"]}
    secret = ann.api.there["secrets", LABS, f"lab-{ANN}"]["stringData"]["lab"]
    host, port = told["DATALAB_GATE"].split(":")

    def ask(*proof: str) -> int:
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        headers = {"Authorization": f"token {told['JUPYTERHUB_API_TOKEN']}"}
        connection.request(
            "GET", "/hub/api/user", headers=headers | dict.fromkeys(["X-Datalab-Lab"][: len(proof)], *proof)
        )
        return connection.getresponse().status

    assert host == door["status"]["podIP"]  # type: ignore[index]
    assert told["JUPYTERHUB_API_URL"] == f"http://{told['DATALAB_GATE']}/hub/api"
    assert told["SPARK_REMOTE"] == "sc://192.0.2.77:15002"
    assert (ask(secret), ask("b" * 64), ask()) == (200, 403, 403)
    assert {"name": "gate", "mountPath": "/etc/datalab/gate", "readOnly": True} in container["volumeMounts"]


def test_what_is_made_is_known_to_kubernetes_and_within_the_hubs_rights(ann: KubeHub) -> None:
    """Every object passes the strict schema, no role of the manifests refused a call, no pod shows a secret."""
    secret = ann.api.there["secrets", LABS, f"lab-{ANN}"]["stringData"]["lab"]
    made = [one["kind"] for one in ann.api.made]
    texts = [json.dumps(one) for one in ann.api.made if one["kind"] == "Pod"]

    assert (ann.api.faults, ann.api.refused) == ([], [])
    assert {"Pod", "Service", "Secret", "PersistentVolumeClaim"} == set(made)
    assert not [1 for one in texts if secret in one]
    (lab,) = pods(ann, LABS)
    assert lab["metadata"]["labels"].items() >= {PART: "lab", OWNER: ANN}.items()  # type: ignore[index]


def test_a_door_that_is_killed_ends_its_lab(ann: KubeHub) -> None:
    """When the door's process is gone the hub ends the lab and takes away what was made for both, but the meter."""
    ann.api.processes["pods", HUBS, f"door-{ANN}"].send_signal(signal.SIGKILL)

    until(lambda: not ann.server("ann") and not left(ann))
    assert ann.api.names("persistentvolumeclaims", HUBS) == [f"door-{ANN}"]
    assert ann.target("ann") == ""


@pytest.mark.parametrize("how", ["its process ends", "its pod is deleted"])
def test_a_lab_that_ended_takes_its_door_along(ann: KubeHub, how: str) -> None:
    """When the lab is gone, by itself or by another's hand, its door is removed too."""
    (key,) = [one for one in ann.api.processes if one[1] == LABS]
    if how == "its process ends":
        ann.api.processes[key].send_signal(signal.SIGKILL)
    else:
        assert ann.take_away(LABS, key[2]) == 200

    until(lambda: not ann.server("ann") and not left(ann))


def test_a_stop_removes_both_and_a_start_makes_a_new_secret(ann: KubeHub) -> None:
    """Stopped by a person, nothing is left but volumes; the next lab has another secret and the same meter."""
    first = ann.api.there["secrets", LABS, f"lab-{ANN}"]["stringData"]["lab"]
    assert ann.call("DELETE", "/users/ann/servers/safer")[0] in (202, 204)
    until(lambda: not ann.server("ann") and not left(ann))
    ann.start("ann")

    assert ann.api.there["secrets", LABS, f"lab-{ANN}"]["stringData"]["lab"] != first
    assert ann.browse("/user/ann/safer/lab")[0] == 200
    assert ann.api.names("persistentvolumeclaims", HUBS) == [f"door-{ANN}"]


def test_two_labs_of_a_project_have_doors_of_their_own(ann: KubeHub) -> None:
    """Ben's door leads to ben's lab, with another secret."""
    ann.start("ben")
    try:
        mine, his = (ann.api.there["secrets", LABS, f"lab-{lab_key('safer', one)}"] for one in ("ann", "ben"))
        labs = {one["status"]["podIP"] for one in pods(ann, LABS)}  # type: ignore[index]
        doors = [one["spec"]["containers"][0]["env"] for one in pods(ann, HUBS)]  # type: ignore[index]
        led = {pair["value"] for env in doors for pair in env if pair["name"] == "DATALAB_LAB"}

        assert mine["stringData"] != his["stringData"]
        assert led == {f"{one}:{LAB_PORT}" for one in labs}
        assert len(labs) == 2
    finally:
        ann.call("DELETE", "/users/ben/servers/safer")
        until(lambda: not ann.server("ben"))


def test_nobody_but_a_member_starts_a_lab(hub: KubeHub) -> None:
    """A custodian, or a member of nothing, is refused before anything is made."""
    before = len(hub.api.made)
    status, said = hub.call("POST", "/users/cas/servers/safer")

    assert status == 403, said
    assert len(hub.api.made) == before


def test_labs_outlive_the_hub_and_it_knows_their_doors_again(ann: KubeHub) -> None:
    """A hub that is ended and started sends the proxy to the same door, and still ends a lab whose door is killed."""
    at = ann.target("ann")
    ann.end()
    ann.begin()
    until(lambda: ann.server("ann").get("ready"))

    assert ann.target("ann") == at != ""
    assert ann.browse("/user/ann/safer/lab")[0] == 200
    ann.api.processes["pods", HUBS, f"door-{ANN}"].send_signal(signal.SIGKILL)
    until(lambda: not ann.server("ann") and not left(ann))
