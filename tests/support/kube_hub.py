"""A real hub and proxy whose spawner is the cluster's, before an API server of `kube_api`."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from desk_lab import PROJECT
from kube_api import REPOSITORY, KubeApi
from open_house import PROXY, furnish
from sandboxes import free_port

from datalab.settings import Settings, read_settings
from infra.cluster.description import Cluster
from infra.cluster.door.pod import RELEASE_DOOR
from infra.cluster.manifests import project_manifests
from infra.cluster.namespace import HUB_ACCOUNT
from infra.cluster.values import helm_values

TOKEN = "of-the-test"  # noqa: S105 - of a hub that lives as long as a test
CLUSTER = Cluster()
CHARTS_ROLE = {
    "namespace": CLUSTER.hub_namespace,
    "rules": [
        {
            "resources": ["pods", "persistentvolumeclaims", "secrets", "services"],
            "verbs": ["get", "watch", "list", "create", "delete"],
        },
        {"resources": ["events"], "verbs": ["get", "watch", "list"]},
    ],
}
"""Of the chart (4.4.0, templates/hub/rbac.yaml)."""
OPERATORS_ROLE = {"namespace": "", "rules": [{"resources": ["pods", "events"], "verbs": ["list", "watch"]}]}
"""What docs/cluster.md asks an operator to grant: pods and events of every namespace are watched."""
CONFIGURATION = """
import json, os
c = get_config()
told = json.loads(os.environ["TOLD"])
for section, values in told["sections"].items():
    c[section].update(values)
spawner = c.KubeSpawner  # as the chart's own jupyterhub_config.py takes them from `singleuser`
single = told["single"]
spawner.image = "{name}:{tag}".format(**single["image"])
spawner.cmd = single["cmd"]
spawner.environment = single["extraEnv"]
spawner.extra_labels = single["extraLabels"]
spawner.service_account = single["serviceAccountName"]
spawner.extra_pod_config = single["extraPodConfig"]
spawner.volumes = {one["name"]: one for one in single["storage"]["extraVolumes"]}
spawner.volume_mounts = {one["name"]: one for one in single["storage"]["extraVolumeMounts"]}
spawner.storage_capacity = single["storage"]["capacity"]
spawner.delete_grace_period = 0
spawner.k8s_api_host = told["api"]
spawner.start_timeout = 90
spawner.http_timeout = 60
spawner.poll_interval = 2
hub = c.JupyterHub
hub.bind_url = "http://127.0.0.1:%d" % told["ports"][0]
hub.hub_bind_url = "http://127.0.0.1:%d" % told["ports"][1]
hub.subdomain_host = ""
hub.allow_named_servers = True
hub.db_url = "sqlite:///" + told["database"]
hub.cleanup_servers = False  # as the chart does
hub.cookie_secret = b"x" * 32
hub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
hub.services = [{"name": "test", "api_token": told["token"]}]
hub.load_roles = [{"name": "test", "services": ["test"], "scopes": ["admin:users", "admin:servers", "proxy"]}]
c.ConfigurableHTTPProxy.command = [told["proxy"]]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%d" % told["ports"][2]
"""
KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "t",
    "contexts": [{"name": "t", "context": {"cluster": "t", "user": "t"}}],
    "users": [{"name": "t", "user": {}}],
}


@dataclass
class KubeHub:
    """A hub that runs."""

    api: KubeApi
    address: str
    """Of the API server."""
    port: int
    command: list[str]
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def begin(self) -> None:
        """Start the hub, and wait until it answers."""
        with (self.folder / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, cwd=self.folder, stdout=log, stderr=log)
        until(lambda: self.process.poll() is not None or _up(self))
        assert self.process.poll() is None, (self.folder / "hub.log").read_text()[-3000:]

    def end(self) -> None:
        """End the hub and its proxy."""
        self.process.terminate()
        self.process.wait(60)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call the hub's interface as its operator."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            text = None if body is None else json.dumps(body)
            connection.request(method, f"/hub/api{path}", text, {"Authorization": f"token {TOKEN}"})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content.strip() else None

    def browse(self, path: str) -> tuple[int, dict[str, str]]:
        """Ask the proxy as a browser."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}

    def take_away(self, space: str, pod: str) -> int:
        """Delete a pod past the hub, as an operator or a node under pressure does."""
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=60)
        with contextlib.closing(connection):
            connection.request("DELETE", f"/api/v1/namespaces/{space}/pods/{pod}")
            return connection.getresponse().status

    def start(self, person: str, project: str = PROJECT.id) -> None:
        """Start a person's lab and wait until the hub says that it is ready."""
        status, said = self.call("POST", f"/users/{person}/servers/{project}")
        assert status in (201, 202), said
        until(lambda: self.server(person, project).get("ready"))

    def server(self, person: str, project: str = PROJECT.id) -> dict[str, Any]:
        """Return what the hub knows of a person's lab; nothing where none runs."""
        found = self.call("GET", f"/users/{person}?include_stopped_servers")[1]["servers"].get(project) or {}
        return {} if found.get("stopped") else found

    def target(self, person: str, project: str = PROJECT.id) -> str:
        """Return where the proxy sends a person's browser."""
        routes = self.call("GET", "/proxy")[1]
        return str(routes.get(f"/user/{person}/{project}/", {}).get("target", ""))


def until(reached: Any, seconds: float = 150) -> None:
    """Wait for a state."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "It did not come to that."
        time.sleep(0.1)


@contextlib.contextmanager
def kube_hub(folder: Path, library: Path) -> Iterator[KubeHub]:
    """Run API server, hub and proxy for the length of a block.

    Args:
        folder: an empty one.
        library: folder with KubeSpawner.
    """
    furnish(folder / "lab")
    settings = read_settings({}, folder / "lab")
    ports = [free_port() for _ in range(3)]
    manifests = project_manifests(settings, CLUSTER, PROJECT.id, members=2)
    bound = {
        (one["metadata"]["namespace"], one["roleRef"]["name"])
        for one in manifests
        if one["kind"] == "RoleBinding" and one["subjects"][0]["name"] == HUB_ACCOUNT
    }
    rights = [
        {"namespace": one["metadata"]["namespace"], "rules": one["rules"]}
        for one in manifests
        if one["kind"] == "Role" and (one["metadata"]["namespace"], one["metadata"]["name"]) in bound
    ]
    links = {"HUB_SERVICE_HOST": "127.0.0.1", "HUB_SERVICE_PORT": str(ports[1])}
    links |= {"RELEASE_SERVICE_HOST": "127.0.0.1", "RELEASE_SERVICE_PORT": str(free_port())}
    api = KubeApi(folder / "node", [*rights, CHARTS_ROLE, OPERATORS_ROLE], links)
    (folder / "node").mkdir()
    release = {"metadata": {"name": RELEASE_DOOR}, "stringData": {"release": "r" * 64}}
    api.there["secrets", CLUSTER.hub_namespace, RELEASE_DOOR] = release
    (spark,) = [one for one in manifests if one["kind"] == "Service"]
    api.there["services", spark["metadata"]["namespace"], "spark"] = {
        **spark,
        "spec": {**spark["spec"], "clusterIP": "192.0.2.77"},
    }
    with _served(api) as address:
        told = _told(settings, ports, address) | {"database": str(folder / "hub.sqlite")}
        (folder / "config.py").write_text(CONFIGURATION)
        kubeconfig = KUBECONFIG | {"clusters": [{"name": "t", "cluster": {"server": address}}]}
        (folder / "kubeconfig").write_text(json.dumps(kubeconfig))
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": f"{REPOSITORY}:{library}",
            "KUBECONFIG": str(folder / "kubeconfig"),
            "TOLD": json.dumps(told),
        }
        command = [sys.executable, "-m", "jupyterhub", "-f", str(folder / "config.py")]
        hub = KubeHub(api, address, ports[0], command, environment, folder)
        try:
            hub.begin()
            for person in ("ann", "ben", "cas"):
                hub.call("POST", f"/users/{person}")
            yield hub
        finally:
            hub.end()


def _up(hub: KubeHub) -> bool:
    try:
        return hub.call("GET", "/")[0] == 200
    except (OSError, ValueError):  # the proxy is up before the hub
        return False


def _told(settings: Settings, ports: list[int], api: str) -> dict[str, Any]:
    values = helm_values(settings, CLUSTER)
    sections = values["hub"]["config"]
    sections["DoorSpawner"]["home"] = str(settings.home)
    return {
        "sections": sections,
        "single": values["singleuser"],
        "ports": ports,
        "api": api,
        "token": TOKEN,
        "proxy": os.environ.get("DATALAB_TEST_PROXY", str(PROXY)),
    }


@contextlib.contextmanager
def _served(api: KubeApi) -> Iterator[str]:
    started, done, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    port = free_port()

    async def serve() -> None:
        runner = web.AppRunner(api.application(), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        started.set()
        await done.wait()
        await runner.cleanup()
        rest = asyncio.all_tasks() - {asyncio.current_task()}  # the hub's watches have no end of their own
        for one in rest:
            one.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert started.wait(30)
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(60)
        loop.close()
