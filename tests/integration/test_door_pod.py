"""A door as a process of its own, between a hub and two labs in network namespaces: real processes, no cluster."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from desk_lab import build, question
from door_pod import (
    DOOR_PORT,
    GATE_PORT,
    PREFIX,
    Answer,
    DoorProcess,
    ask,
    door_process,
    environment,
    gate_environment,
    in_lab,
    owned,
    reaches,
    secret_file,
    small_lab,
)
from pod_network import (
    AT_HUB,
    AT_LAB,
    AT_OTHER,
    DOOR,
    DOOR_AT_HUB,
    DOOR_AT_LAB,
    DOOR_AT_OTHER,
    HUB,
    LAB,
    LAB_PORT,
    OTHER,
    PodNetwork,
    pod_network,
    why_not,
)
from release_service import serving
from stub_hub import stub_hub

from datalab.broker.asked import write_asked
from datalab.broker.caller import Kind, read_secret
from notebooks.lab import to_json

ANNS, BENS = "a" * 64, "b" * 64
"""Secrets of two labs of one project."""
GATE = (DOOR_AT_LAB, GATE_PORT)


@dataclass
class Street:
    """A hub, a release service, ann's door and her lab, and ben's lab beside it."""

    network: PodNetwork
    folder: Path
    door: DoorProcess
    hub_calls: list[str]
    secret: Path
    """Of ann's lab, as her pod shows it."""
    bens: Path

    def gate(self, method: str, path: str, *headers: tuple[str, str], body: bytes | None = None) -> Answer:
        """Speak to ann's gate from her lab."""
        return ask(self.network, LAB, GATE, method, path, body=body, headers=list(headers))


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    """Everything once for this file; gone with it."""
    if reason := why_not():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="dl-"))
    folder.chmod(0o755)
    calls: list[str] = []
    with contextlib.ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        network = held.enter_context(pod_network())
        desk = build(folder / "desk").desk
        run = folder / "run"
        with network.inside(HUB):
            held.enter_context(serving(desk, run, (AT_HUB, 8090)))
            held.enter_context(stub_hub(8081, calls, AT_HUB))
        secret_file(folder / "secrets", "release", read_secret(run, Kind.DOOR).decode())
        secret_file(folder / "secrets", "lab", ANNS)
        owned(folder / "state")
        held.enter_context(small_lab(network, LAB, folder / "home"))
        door = held.enter_context(door_process(network, environment(folder)))
        secret = secret_file(folder / "of-ann", "lab", ANNS)
        yield Street(network, folder, door, calls, secret, secret_file(folder / "of-ben", "lab", BENS))


def test_a_page_comes_through_the_door(street: Street) -> None:
    """A browser sees what the lab's server answers, under the door's own policy; the lab sees no forged name."""
    status, headers, body = street.door.browse("GET", "lab", {"X-Datalab-Person": "mallory", "Cookie": "hub=1"})
    seen = json.loads(body)

    assert (status, seen["path"]) == (200, f"{PREFIX}lab")
    assert "frame-ancestors http://portal.example;" in headers["content-security-policy"]
    assert not {"x-datalab-person", "cookie"} & {one.lower() for one in seen["headers"]}


def test_a_download_is_refused_at_the_door(street: Street) -> None:
    """The door refuses what the lab's own server would give: the control asks that server past the door."""
    paths = ("files/a.txt", "api/contents/a.csv", "nbconvert/html/a.ipynb", "api/contents/a.txt?download=1")
    past = ask(street.network, DOOR, (AT_LAB, LAB_PORT), "GET", f"{PREFIX}files/a.txt")

    assert [street.door.browse("GET", one)[0] for one in paths] == [403] * 4
    assert past[0] == 200
    assert {"lab-refused"} <= {one["event"] for one in street.door.events()}


def test_a_live_connection_comes_through_the_door(street: Street) -> None:
    """A browser's channel to a kernel is joined, and a message past the limit is left out."""

    async def talk() -> list[str]:
        address = f"http://{DOOR_AT_HUB}:{DOOR_PORT}{PREFIX}api/kernels/0a1b/channels"
        async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as channel:
            await channel.send_str(f"size:{5 << 20}")
            await channel.send_str("hello")
            return [(await channel.receive_str(timeout=60))]

    with street.network.inside(HUB):
        heard = asyncio.run(talk())

    assert heard == ["hello"]


CLIENT = "from notebooks.gate import own_gate; client = own_gate(); "


def test_a_notebook_asks_by_the_gate_as_the_doors_person(street: Street) -> None:
    """The notebook's own client proves its lab, and the question is ann's, whatever names are sent along with it."""
    asked = to_json(question(1, title="by the gate")).encode()
    told = gate_environment(street.secret)
    spent = in_lab(street.network, CLIENT + "print(client.budget('safer')[0]['spent'])", told)
    sheet = in_lab(street.network, CLIENT + f"print('accounts' in str(client.preview('safer', {asked!r})))", told)
    wish = write_asked(question(1), measure="rows", within="20%")
    price = in_lab(street.network, CLIENT + f"print(len(client.price('safer', {wish!r})['sizes']))", told)
    look = write_asked(question(1), measure="rows", difference=30)
    seen = in_lab(street.network, CLIENT + f"print(client.finding('safer', {look!r})['visible'])", told)
    forged = [
        ("X-Datalab-Lab", ANNS),
        ("X-Datalab-Person", "ben"),
        ("X-Datalab-Project", "other"),
        ("X-Datalab-Caller", "portal"),
        ("X-Datalab-Secret", "guess"),
        ("Content-Type", "application/json"),
    ]
    status, _, body = street.gate("POST", "/release/projects/safer/requests", *forged, body=asked)

    assert spent
    assert (sheet, price, seen) == ("False", "3", "True")
    assert (status, json.loads(body)["author"]) == (200, "ann")


REFUSED = {
    "no secret": (),
    "the other lab's secret": (("X-Datalab-Lab", BENS),),
    "both secrets": (("X-Datalab-Lab", BENS), ("X-Datalab-Lab", ANNS)),
    "half of the secret": (("X-Datalab-Lab", ANNS[:32]),),
    "the secret as a name": (("X-Datalab-Secret", ANNS), ("X-Datalab-Person", "ann")),
    "no text": (("X-Datalab-Lab", "\xff" * 64),),
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED.keys())
def test_who_cannot_prove_to_be_the_lab_is_refused(street: Street, headers: tuple[tuple[str, str], ...]) -> None:
    """Neither hub nor release service hears a call without the lab's own secret; with it, the same calls pass."""
    before = len(street.hub_calls)
    refused = [street.gate("GET", one, *headers)[0] for one in ("/release/requests", "/hub/api/user")]
    heard = street.hub_calls[before:]
    passed = [street.gate("GET", one, ("X-Datalab-Lab", ANNS))[0] for one in ("/release/requests", "/hub/api/user")]

    assert (refused, heard) == ([403, 403], [])
    assert (passed, street.hub_calls[before:]) == ([200, 200], ["GET /hub/api/user"])


def test_another_lab_of_the_project_cannot_speak_as_this_one(street: Street) -> None:
    """Ben's lab reaches ann's gate, as a policy by project lets it, and is refused; the control has ann's secret."""
    told = gate_environment(street.bens, gate=f"{DOOR_AT_OTHER}:{GATE_PORT}")
    code = CLIENT.replace("client = ", "import datalab.errors as e; client = ")
    code += "\ntry: print(client.requests())\nexcept (e.DatalabError) as error: print('refused', error)"
    with_bens = in_lab(street.network, code, told, OTHER)
    anns = told | {"DATALAB_GATE_SECRET": str(street.secret)}

    assert with_bens.startswith("refused"), with_bens
    assert BENS not in with_bens
    assert in_lab(street.network, code, anns, OTHER).startswith("[")
    assert {"This gate belongs to another lab."} <= {one.get("why") for one in street.door.events()}


def test_the_gate_opens_no_more_of_the_hub_than_on_one_machine(street: Street) -> None:
    """The list of calls is the same: with the secret too, users, tokens, dots and other methods stay closed."""
    closed = [
        ("GET", "/hub/api/users"),
        ("POST", "/hub/api/users/ann/tokens"),
        ("POST", "/hub/api/users/ben/activity"),
        ("GET", "/hub/api/user/../users"),
        ("GET", "/release/%2e%2e/hub"),
        ("DELETE", "/release/requests/1"),
        ("GET", "/"),
    ]

    assert {street.gate(method, path, ("X-Datalab-Lab", ANNS))[0] for method, path in closed} == {403}


WAYS = [("the door's other port", (DOOR_AT_LAB, DOOR_PORT)), ("the hub", (AT_HUB, 8081)), ("release", (AT_HUB, 8090))]


@pytest.mark.parametrize("target", [one[1] for one in WAYS], ids=[one[0] for one in WAYS])
def test_a_lab_reaches_the_gate_and_nothing_else(street: Street, target: tuple[str, int]) -> None:
    """From the lab's pod only the gate's port answers; without the wall all do, so it is the wall that holds."""
    assert reaches(street.network, LAB, GATE)
    assert not reaches(street.network, LAB, target)
    with street.network.without_wall(LAB):
        assert reaches(street.network, LAB, target)


def test_what_is_shown_is_counted_over_two_lives_of_a_door(street: Street) -> None:
    """A new door shows its window and no more; one that is started again on its volume shows nothing at first."""
    state = owned(street.folder / "metered")
    ports = {"DATALAB_DOOR_PORT": "8001", "DATALAB_GATE_PORT": "8444"}
    told = environment(street.folder, DATALAB_STATE=str(state), DATALAB_WINDOW_BYTES="300500", **ports)
    asked = "api/status?size=100000&headers=[[%22Content-Type%22,%22text/plain%22]]"
    with door_process(street.network, told) as door:
        first = [door.browse("GET", asked)[0] for _ in range(4)]
        ended = door.end()
    with door_process(street.network, told) as door:
        again = door.browse("GET", asked)
        door.end()

    assert (first, ended) == ([200, 200, 200, 429], 0)
    assert again[0] == 429
    assert int(again[1]["retry-after"]) > 0


def test_a_door_that_is_killed_leaves_no_way(street: Street) -> None:
    """Without its door a lab reaches nothing, and no browser reaches it: the spawner then ends the lab."""
    with contextlib.ExitStack() as held:
        held.enter_context(small_lab(street.network, OTHER, street.folder / "other-home"))
        secret_file(street.folder / "bens-door", "lab", BENS)
        secret_file(street.folder / "bens-door", "release", "r" * 64)
        told = environment(
            street.folder,
            DATALAB_LAB=f"{AT_OTHER}:{LAB_PORT}",
            DATALAB_SECRETS=str(street.folder / "bens-door"),
            DATALAB_STATE=str(owned(street.folder / "bens-state")),
            DATALAB_DOOR_PORT="8001",
            DATALAB_GATE_PORT="8444",
        )
        door = held.enter_context(door_process(street.network, told))
        alive = door.browse("GET", "lab")[0]
        door.end(signal.SIGKILL)

        assert alive == 200
        with pytest.raises(ConnectionRefusedError):
            door.browse("GET", "lab")
        assert not reaches(street.network, OTHER, (DOOR_AT_OTHER, 8444))
