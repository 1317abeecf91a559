"""As much of Kubernetes as one hub needs: an API server that grants what the manifests grant, and a node of processes.

It stands in the place of a cluster for `infra.cluster.door.spawner`, and is none: no scheduler, no kubelet, no network
plug-in. A pod becomes a process at an address of its own on loopback: the door's is the real one, the lab's is the
tests' own server. What is made is held against Kubernetes' own schema, and each call against the hub's rights.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kubernetes_validate
from aiohttp import web

from infra.cluster.names import LAB, LAB_PORT, OWNER, PART

REPOSITORY = Path(__file__).parents[2]
SERVER = Path(__file__).parent / "sandbox_server.py"
KINDS = {"pods": "Pod", "services": "Service", "secrets": "Secret", "persistentvolumeclaims": "PersistentVolumeClaim"}
VERBS = {"POST": "create", "DELETE": "delete", "GET": "get"}
SCHEMA = "1.32"
Key = tuple[str, str, str]
"""Resource, namespace and name."""


@dataclass
class KubeApi:
    """What there is, what was asked, what was refused."""

    folder: Path
    """Of secrets and volumes."""
    rights: Sequence[Mapping[str, Any]]
    """Roles with `namespace` and `rules`, of the hub's account; an empty namespace is every one."""
    services: Mapping[str, str]
    """Environment that a pod with service links finds."""
    there: dict[Key, dict[str, Any]] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    processes: dict[Key, asyncio.subprocess.Process] = field(default_factory=dict)
    _watchers: list[asyncio.Queue[dict[str, Any]]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(os.getpid() % 200 * 256 + 2))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def names(self, resource: str, space: str) -> list[str]:
        """Return what there is of a kind in a namespace."""
        return sorted(name for kind, where, name in self.there if (kind, where) == (resource, space))

    def application(self) -> web.Application:
        """Return the API server."""
        made = web.Application()
        made.router.add_route("*", "/api/v1/namespaces/{space}/{resource}", self._answer)
        made.router.add_route("*", "/api/v1/namespaces/{space}/{resource}/{name}", self._answer)
        made.router.add_route("GET", "/api/v1/{resource}", self._answer)
        made.cleanup_ctx.append(self._end)
        return made

    async def _end(self, _: web.Application) -> AsyncIterator[None]:
        yield
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        space, resource, name = (request.match_info.get(one, "") for one in ("space", "resource", "name"))
        watches = request.query.get("watch", "").lower() == "true"
        verb = VERBS[request.method] if name or request.method == "POST" else ("watch" if watches else "list")
        if not self._may(space, resource, verb):
            self.refused.append(f"{verb} {resource} in {space or 'every namespace'}")
            return _status(403, "Forbidden")
        if verb == "watch":
            return await self._watch(request, resource)
        if verb == "list":
            items = [one for (kind, _, _), one in self.there.items() if kind == resource and _chosen(request, one)]
            return web.json_response({"items": items, "metadata": {"resourceVersion": "1"}})
        if verb == "create":
            return self._create(resource, space, await request.json())
        key = (resource, space, name)
        if key not in self.there:
            return _status(404, "NotFound")
        return web.json_response(self._delete(key) if verb == "delete" else self.there[key])

    def _may(self, space: str, resource: str, verb: str) -> bool:
        return any(
            one["namespace"] in ("", space)
            and any(resource in rule["resources"] and verb in rule["verbs"] for rule in one["rules"])
            for one in self.rights
        )

    def _create(self, resource: str, space: str, body: dict[str, Any]) -> web.Response:
        body = {"apiVersion": "v1", "kind": KINDS[resource], **body}
        key = (resource, space, body["metadata"]["name"])
        if key in self.there:
            return _status(409, "AlreadyExists")
        try:
            kubernetes_validate.validate(body, SCHEMA, strict=True)
        except kubernetes_validate.ValidationError as error:
            self.faults.append(f"{key}: {error.message}")
        self.made.append(json.loads(json.dumps(body)))
        number = next(self._numbers)
        body["metadata"] |= {"namespace": space, "uid": f"uid-{number}", "resourceVersion": str(number)}
        if resource == "services":
            body["spec"]["clusterIP"] = _address(number)
        self.there[key] = body
        if resource == "pods":
            body["status"] = {"phase": "Pending", "podIP": None, "containerStatuses": None}
            self._tell("ADDED", body)
            task = asyncio.create_task(self._run(key, body))
            self._tasks.add(task)
        return web.json_response(body, status=201)

    def _delete(self, key: Key) -> dict[str, Any]:
        gone = self.there.pop(key)
        if process := self.processes.pop(key, None):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if key[0] == "pods":
            self._tell("DELETED", gone)
        return gone

    async def _run(self, key: Key, pod: dict[str, Any]) -> None:
        """Be the node: start a pod's process, say that it listens, and say when it ended."""
        part = pod["metadata"]["labels"][PART]
        address = self._address_of(pod) if part == LAB else _address(next(self._numbers))
        if part == LAB:
            command, told, port, passed = self._lab(address)
        else:
            command, told, port, passed = self._door(key, pod, address)
        process = await asyncio.create_subprocess_exec(*command, env=told, cwd="/", pass_fds=passed)
        for descriptor in passed:
            os.close(descriptor)
        self.processes[key] = process
        while process.returncode is None and not await _listens(address, port):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.05)
        if self.there.get(key) is pod:
            states = [_state(pod, ready=True, state={"running": {}})]
            pod["status"] = {"phase": "Running", "podIP": address, "containerStatuses": states}
            self._tell("MODIFIED", pod)
        code = await process.wait()
        if self.there.get(key) is pod:
            ended = [_state(pod, ready=False, state={"terminated": {"exitCode": abs(code)}})]
            pod["status"] |= {"phase": "Succeeded" if code == 0 else "Failed", "containerStatuses": ended}
            self._tell("MODIFIED", pod)

    def _lab(self, address: str) -> tuple[list[str], dict[str, str], int, list[int]]:
        listener = socket.create_server((address, LAB_PORT))
        told = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DATALAB_LISTEN_FD": str(listener.fileno())}
        descriptor = listener.detach()
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - the library's
        return [sys.executable, "-I", str(SERVER)], told, LAB_PORT, [descriptor]

    def _door(self, key: Key, pod: dict[str, Any], address: str) -> tuple[list[str], dict[str, str], int, list[int]]:
        (container,) = pod["spec"]["containers"]
        volumes = {one["name"]: one for one in pod["spec"]["volumes"]}
        places = {one["mountPath"]: self._volume(key, volumes[one["name"]]) for one in container["volumeMounts"]}
        told = {one["name"]: self._filled(one["value"]) for one in container["env"]}
        for name in ("DATALAB_SECRETS", "DATALAB_STATE"):
            told[name] = str(places[told[name]])
        told |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "DATALAB_LISTEN": address}
        command = [sys.executable, *container["command"][1:]]
        return command, told, container["readinessProbe"]["tcpSocket"]["port"], []

    def _volume(self, key: Key, volume: Mapping[str, Any]) -> Path:
        claim = volume.get("persistentVolumeClaim", {}).get("claimName", "")
        place = self.folder / key[1] / (f"claim-{claim}" if claim else f"{key[2]}-{volume['name']}")
        if not claim:
            shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True, exist_ok=True)
        for source in volume.get("projected", {}).get("sources", ()):
            secret = self.there["secrets", key[1], source["secret"]["name"]]
            for item in source["secret"]["items"]:
                (place / item["path"]).write_text(secret["stringData"][item["key"]])
        return place

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\((\w+)\)", lambda found: self.services.get(found[1], found[0]), text)

    def _address_of(self, pod: Mapping[str, Any]) -> str:
        marks = pod["metadata"]["labels"]
        found = [
            one["spec"]["clusterIP"]
            for (kind, _, _), one in self.there.items()
            if kind == "services" and one["spec"]["selector"].get(OWNER) == marks.get(OWNER) is not None
        ]
        return str(found[0]) if found else _address(next(self._numbers))

    async def _watch(self, request: web.Request, resource: str) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._watchers.append(queue)
        try:
            for (kind, _, _), one in list(self.there.items()):
                if kind == resource and _chosen(request, one):
                    await response.write(json.dumps({"type": "ADDED", "object": one}).encode() + b"\n")
            while True:
                event = await queue.get()
                if resource == "pods" and _chosen(request, event["object"]):
                    await response.write(json.dumps(event).encode() + b"\n")
        finally:
            self._watchers.remove(queue)

    def _tell(self, kind: str, pod: dict[str, Any]) -> None:
        pod["metadata"]["resourceVersion"] = str(next(self._numbers))
        for queue in self._watchers:
            queue.put_nowait(json.loads(json.dumps({"type": kind, "object": pod})))


def _state(pod: Mapping[str, Any], *, ready: bool, state: Mapping[str, Any]) -> dict[str, Any]:
    container = pod["spec"]["containers"][0]
    known = {"name": container["name"], "image": container["image"], "imageID": "of-the-test", "restartCount": 0}
    return {**known, "ready": ready, "state": dict(state)}


def _chosen(request: web.Request, one: Mapping[str, Any]) -> bool:
    wanted = dict(pair.split("=") for pair in request.query.get("labelSelector", "").split(",") if pair)
    return wanted.items() <= one["metadata"].get("labels", {}).items()


def _address(number: int) -> str:
    return f"127.{64 + number // 65536 % 64}.{number // 256 % 256}.{number % 254 + 1}"


def _status(code: int, reason: str) -> web.Response:
    return web.json_response({"kind": "Status", "code": code, "reason": reason, "message": reason}, status=code)


async def _listens(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True
