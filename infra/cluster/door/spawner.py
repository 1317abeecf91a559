"""The hub's spawner on a cluster: a lab's pod and its door's pod are made together, and neither outlives the other.

Runs in the hub's image, which has KubeSpawner (7.1) beside JupyterHub 6; the lab itself does not need it. A start goes
so: the lab's address (a Service), secrets and volume; the door, until it listens; then the lab's pod, which is told
where its gate is. The proxy is told the door's address and never the lab's.

    python -m jupyterhub ...   with c.JupyterHub.spawner_class = "infra.cluster.door.spawner.DoorSpawner"
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from jupyterhub.utils import exponential_backoff
from kubernetes_asyncio.client.rest import ApiException
from kubespawner import KubeSpawner
from tornado import web
from traitlets import Dict, Unicode, validate

from datalab.governance.server import project_of
from datalab.settings import read_settings
from datalab.wiring import clock, open_lab
from infra.cluster.description import Cluster
from infra.cluster.door.pod import DoorPod
from infra.cluster.names import DOOR_PORT, OWNER, namespace_of, spark_namespace_of
from infra.cluster.spark import NAME as SPARK
from infra.hub.groups import PROJECT, groups_of
from infra.hub.stored import keep_nothing_of_requests, refuse_options

ABSENT, EXISTS = 404, 409
"""HTTP status of what is not there, and of what is there already."""
NOWHERE = "192.0.2.0"
"""Where the proxy is sent while a door's address is not known (RFC 5737): never to the lab itself."""
WITHOUT_DOOR = 1
"""Exit status of a lab that was ended because its door was gone."""


keep_nothing_of_requests()  # the chart starts JupyterHub by its own name, and this module with it


class DoorSpawner(KubeSpawner):  # type: ignore[misc]  # neither JupyterHub nor KubeSpawner has types
    """Starts, watches and stops labs with their doors."""

    home = Unicode(config=True, help="The lab's folder, mounted in the hub's pod.")
    cluster = Dict(config=True, help="The cluster, as infra.cluster.description.Cluster.")
    hub_origin = Unicode(config=True, help="Origin of the hub as browsers see it.")
    shell_origin = Unicode(config=True, help="Origin of the portal, whose frame shows the lab.")

    door_host = ""
    """IP address of the door's pod."""
    _spark_host = ""
    _only_the_lab = False

    @validate("user_options")
    def _no_options(self, proposal: dict[str, object]) -> object:
        refuse_options(proposal["value"])
        return proposal["value"]

    @property
    def door(self) -> DoorPod:
        """What Kubernetes is told to make for this lab."""
        return DoorPod(
            cluster=Cluster(**self.cluster),
            person=self.user.name,
            project=project_of(self.name),
            prefix=self.server.base_url if self.server else "/",
            hub_origin=self.hub_origin,
            shell_origin=self.shell_origin,
        )

    async def _start(self) -> str:
        """Start door and lab.

        Returns:
            The door's address, for the proxy.

        Raises:
            web.HTTPError: 403 if the person may not work in the project now.
            TimeoutError: if a pod does not come up.
        """
        await asyncio.to_thread(self._check)
        if self.namespace != namespace_of(project_of(self.name)):
            raise web.HTTPError(500, "This project has no namespace of its own by KubeSpawner's settings.")
        try:
            await self._remove_door()  # of a start that failed
            await self._open_door()
            return str(await super()._start())
        except BaseException:
            await self._remove_door()
            raise

    async def poll(self) -> int | None:
        """Say whether the lab runs; one that lost its door is ended, and a door that lost its lab too."""
        if self._start_pending:
            return await super().poll()  # type: ignore[no-any-return]  # KubeSpawner's
        try:
            door = await self._read("pod", self.door.name, self.door.cluster.hub_namespace)
        except (ApiException, OSError) as error:  # nobody's lab is ended because the API server does not answer
            self.log.warning("The door of %s was not looked at (%s).", self._log_name, type(error).__name__)
            return await super().poll()  # type: ignore[no-any-return]  # KubeSpawner's
        if not _runs(door):
            self.log.warning("The door of %s is gone: its lab is ended.", self._log_name)
            await self.stop(now=True)
            return WITHOUT_DOOR
        self.door_host = door["status"]["podIP"]
        status: int | None = await super().poll()
        if status is not None:
            await self._remove_door()
        return status

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - KubeSpawner's
        """End the lab, then its door."""
        await super().stop(now=now)
        if not self._only_the_lab:
            await self._remove_door()

    def get_env(self) -> dict[str, str]:
        """Return the lab's environment, with its gate in the place of the hub."""
        return {
            **super().get_env(),
            **self.door.lab_environment(self.door_host or NOWHERE, self._spark_host or NOWHERE),
        }

    async def get_pod_manifest(self) -> Any:  # noqa: ANN401 - KubeSpawner's
        """Return the lab's pod, with the mark by which its address finds it and the secret for its gate."""
        pod = await super().get_pod_manifest()
        volume, mount = self.door.lab_volume()
        pod.metadata.labels[OWNER] = self.door.lab_labels[OWNER]
        pod.spec.volumes = [*(pod.spec.volumes or ()), volume]
        container = pod.spec.containers[0]
        container.volume_mounts = [*(container.volume_mounts or ()), mount]
        return pod

    def get_state(self) -> dict[str, Any]:
        """Return what a hub that starts again must know."""
        return {**super().get_state(), "door_host": self.door_host}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Read it back."""
        super().load_state(state)
        self.door_host = state.get("door_host", "")

    def clear_state(self) -> None:
        """Forget it."""
        super().clear_state()
        self.door_host = ""

    def _get_pod_url(self, pod: Mapping[str, Any]) -> str:
        """Return where the proxy is sent: to the door. KubeSpawner asks at a start and at each look."""
        del pod
        host = self.door_host or NOWHERE
        return f"http://[{host}]:{DOOR_PORT}" if ":" in host else f"http://{host}:{DOOR_PORT}"

    async def _ensure_namespace(self) -> None:
        """Make none: one that the hub made would have no walls. `datalab cluster project` gives it with them."""

    async def _make_create_pod_request(self, pod: Any, request_timeout: float) -> bool:  # noqa: ANN401 - KubeSpawner's
        """Make the lab's pod; where one is left from before, KubeSpawner stops that, and the door stays."""
        self._only_the_lab = True
        try:
            return bool(await super()._make_create_pod_request(pod, request_timeout))
        finally:
            self._only_the_lab = False

    def _check(self) -> None:
        lab = open_lab(read_settings({"DATALAB_HOME": self.home}))
        groups = groups_of(lab.control, self.user.name, today=clock().date()) or []
        if not self.name or PROJECT + project_of(self.name) not in groups:
            raise web.HTTPError(
                403, "You are not a member of this project, or it has ended. Ask an operator of the lab."
            )

    async def _open_door(self) -> None:
        door, hub = self.door, self.door.cluster.hub_namespace
        spark = await self._read("service", SPARK, spark_namespace_of(project_of(self.name)))
        self._spark_host = spark["spec"]["clusterIP"] if spark else ""
        secret = secrets.token_hex(32)
        await self._create("secret", self.namespace, door.lab_secret(secret))
        service = await self._create("service", self.namespace, door.service())
        await self._create("secret", hub, door.door_secret(secret))
        await self._create("persistent_volume_claim", hub, door.claim(), may_exist=True)
        await self._create("pod", hub, door.pod(service["spec"]["clusterIP"]))

        async def listens() -> bool:
            pod = await self._read("pod", door.name, hub)
            self.door_host = pod["status"].get("podIP") or "" if _ready(pod) else ""
            return bool(self.door_host)

        await exponential_backoff(listens, "The door of this lab did not come up in time.", timeout=self.start_timeout)

    async def _remove_door(self) -> None:
        """Take away all that was made beside the lab, but for the door's volume: what was shown counts on."""
        door, hub = self.door, self.door.cluster.hub_namespace
        await self._delete("pod", door.name, hub)
        await self._delete("secret", door.name, hub)
        await self._delete("service", door.lab_name, self.namespace)
        await self._delete("secret", door.lab_name, self.namespace)

        async def gone() -> bool:
            return not await self._read("pod", door.name, hub)

        await exponential_backoff(gone, "The door of this lab did not end in time.", timeout=self.start_timeout)
        self.door_host = ""

    async def _read(self, kind: str, name: str, space: str) -> dict[str, Any]:
        """Return what there is, as JSON values; nothing where there is none."""
        try:
            found = await self._ask(f"read_namespaced_{kind}", name=name, namespace=space)
        except ApiException as error:
            if error.status == ABSENT:
                return {}
            raise
        return self._plain(found)

    async def _create(
        self, kind: str, space: str, manifest: Mapping[str, Any], *, may_exist: bool = False
    ) -> dict[str, Any]:
        try:
            made = await self._ask(f"create_namespaced_{kind}", namespace=space, body=manifest)
        except ApiException as error:
            if error.status == EXISTS and may_exist:
                return {}
            raise
        return self._plain(made)

    async def _delete(self, kind: str, name: str, space: str) -> None:
        try:
            await self._ask(f"delete_namespaced_{kind}", name=name, namespace=space)
        except ApiException as error:
            if error.status != ABSENT:
                raise

    async def _ask(self, call: str, **values: Any) -> Any:  # noqa: ANN401 - the library's
        return await asyncio.wait_for(getattr(self.api, call)(**values), self.k8s_api_request_timeout)

    def _plain(self, found: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's
        values: dict[str, Any] = self.api.api_client.sanitize_for_serialization(found)
        return values


def _runs(pod: Mapping[str, Any]) -> bool:
    """Tell whether a door's pod serves: there, not ending, and with an address."""
    status = pod.get("status", {})
    ended = "deletionTimestamp" in pod.get("metadata", {})
    return bool(pod) and not ended and status.get("phase") == "Running" and bool(status.get("podIP"))


def _ready(pod: Mapping[str, Any]) -> bool:
    """Tell whether it also listens, as its probe says."""
    return _runs(pod) and all(one.get("ready") for one in pod["status"].get("containerStatuses") or [{}])
