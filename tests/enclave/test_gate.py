"""The gate, from inside a sandbox: a few calls of the hub, the release service, and nobody else's name."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sandboxes import House, Running, free_port, running

pytestmark = pytest.mark.enclave

ASK = """
import http.client, json, socket, sys
class Gate(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect('/run/datalab/gate.sock')
def ask(method, path, body=None, **headers):
    gate = Gate('gate', timeout=30)
    said = {name.replace('_', '-'): value for name, value in headers.items()}
    gate.request(method, path, body, said, encode_chunked='Transfer-Encoding' in said)
    answer = gate.getresponse()
    return answer.status, answer.read().decode()
"""


@contextmanager
def serving(**sites: Any) -> Iterator[None]:
    """Serve what arrives as JSON, at a port and at a unix socket, as hub and release service would."""
    started = threading.Event()
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def echo(request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        headers = {"Set-Cookie": "a=b", "Location": "/x"}
        seen = {"path": request.raw_path, "headers": dict(request.headers), "body": body}
        return web.json_response(seen, headers=headers)

    async def serve() -> None:
        runner = web.AppRunner(application(echo))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", sites["port"]).start()
        await web.UnixSite(runner, sites["socket"]).start()
        await asyncio.to_thread(Path(sites["socket"]).chmod, 0o666)
        started.set()
        await done.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert started.wait(10)
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


def application(handler: Any) -> web.Application:
    """Return an application with one handler for everything."""
    made = web.Application(client_max_size=1 << 30)
    made.router.add_route("*", "/{tail:.*}", handler)
    return made


@pytest.fixture(scope="module")
def inside(any_house: House) -> Iterator[Running]:
    """A sandbox whose gate leads to a hub and a release service of the test's own."""
    port, socket = free_port(), str(any_house.place("services", mode=0o755) / "release.sock")
    with (
        serving(port=port, socket=socket),
        running(any_house, any_house.serving(hub=f"http://127.0.0.1:{port}", release_socket=socket)) as one,
    ):
        yield one


def ask(lab: Running, code: str) -> Any:
    """Run a few lines with `ask` in the sandbox, and return what they printed."""
    sent = (ASK + textwrap.dedent(code)).encode()
    answer = json.loads(lab.request("POST", "api/events", sent)[2])
    assert answer["status"] == 0, answer["error"]
    return json.loads(answer["out"])


@pytest.mark.parametrize("call", ["preview", "price", "finding"])
def test_the_release_service_hears_the_doors_name_and_no_other(inside: Running, call: str) -> None:
    """Whatever names and secrets the sandbox sends, the release service hears those of the door."""
    status, text = ask(
        inside,
        f"""print(json.dumps(ask('POST', '/release/{call}?a=b', '{{"question": 1}}', X_Datalab_Person='mallory',
        X_Datalab_Project='other', X_Datalab_Caller='portal', X_Datalab_Secret='guess', x_datalab_person='eve',
        Cookie='a=b', Authorization='token x', Content_Type='application/json')))""",
    )
    seen = json.loads(text)
    said = {name.lower(): value for name, value in seen["headers"].items()}

    assert (status, seen["path"], seen["body"]) == (200, f"/release/{call}?a=b", '{"question": 1}')
    assert said["x-datalab-caller"] == "door"
    assert said["x-datalab-secret"] == "a secret of the door's"
    assert said["x-datalab-person"] == "alice"
    assert said["x-datalab-project"] == "school-absence"
    assert not {"cookie", "authorization"} & set(said)


def test_the_hub_hears_what_a_server_must_tell_it(inside: Running) -> None:
    """The four calls that JupyterHub's server makes pass, with its token."""
    calls = [
        ("GET", "/hub/api/"),
        ("GET", "/hub/api/user"),
        ("POST", "/hub/api/oauth2/token"),
        ("POST", "/hub/api/users/alice/activity"),
    ]
    answers = ask(
        inside,
        f"""used = json.dumps({{'last_activity': '2026-03-02T09:00:00.5Z', 'servers': {{'CHOSEN': {{}}}}, 'CHOSEN': 1}})
print(json.dumps([ask(m, p, used if m == 'POST' else None, Authorization='token t') for m, p in {calls!r}]))""",
    )
    moment = {"last_activity": "2026-03-02T09:00:00.5Z"}

    assert [status for status, _ in answers] == [200] * 4
    assert {json.loads(text)["headers"]["Authorization"] for _, text in answers} == {"token t"}
    assert json.loads(json.loads(answers[3][1])["body"]) == {**moment, "servers": {"school-absence": moment}}


def test_the_hub_hears_of_no_other_lab_and_nothing_that_it_would_log(inside: Running) -> None:
    """What does not say when this lab was used is refused at the gate, and so is a question mark."""
    chosen = [f'{{"last_activity": "{moment}"}}' for moment in ("CHOSEN", "2026-03-02T09:00:00ZCHOSEN")]
    bodies = ["CHOSEN", "[]", "{}", *chosen, "[" * 100_000]
    answers = ask(
        inside,
        f"""print(json.dumps([ask('POST', '/hub/api/users/alice/activity', one)[0] for one in {bodies!r}]
        + [ask('GET', '/hub/api/user?CHOSEN')[0]]))""",
    )

    assert answers == [400] * 6 + [403]


ANOTHERS = {
    "X-Datalab-Caller": "door",
    "X-Datalab-Secret": "a secret of the door's",
    "X-Datalab-Person": "bob",
    "X-Datalab-Project": "other",
    "Content-Type": "application/json",
}
"""What another lab's door sent with a question, had somebody captured it whole."""


def test_a_captured_request_of_another_door_is_asked_as_oneself(inside: Running) -> None:
    """Replayed word for word, secret and all, it reaches the release service under this lab's own name, each time."""
    answers = ask(
        inside, f"print(json.dumps([ask('POST', '/release/preview', '{{}}', **{ANOTHERS!r}) for _ in range(2)]))"
    )
    heard = [{name.lower(): value for name, value in json.loads(text)["headers"].items()} for _, text in answers]

    assert [(one["x-datalab-person"], one["x-datalab-project"]) for one in heard] == [("alice", "school-absence")] * 2


def test_a_request_of_another_door_is_heard_as_its_own_past_the_gate(inside: Running) -> None:
    """The same request on the service's own socket, which no sandbox reaches, is heard as the other's: the control."""
    connection = http.client.HTTPConnection("release")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(inside.specification.release_socket)
    with contextlib.closing(connection):
        connection.request("POST", "/release/preview", "{}", ANOTHERS)
        heard = json.loads(connection.getresponse().read())["headers"]

    assert (heard["X-Datalab-Person"], heard["X-Datalab-Project"]) == ("bob", "other")


def test_an_honest_question_passes(inside: Running) -> None:
    """A question of the lab's own, of an ordinary size and once, is answered: the control of those that are refused."""
    assert ask(inside, "print(json.dumps(ask('POST', '/release/preview', '{}')[0]))") == 200


CLOSED = [
    ("GET", "/hub/api/users"),
    ("GET", "/hub/api/users/alice"),
    ("POST", "/hub/api/users/alice/tokens"),
    ("POST", "/hub/api/users/bob/activity"),
    ("POST", "/hub/api/users/alice/servers/other"),
    ("DELETE", "/hub/api/users/alice/server"),
    ("GET", "/hub/api/proxy"),
    ("POST", "/hub/api/shutdown"),
    ("GET", "/hub/login"),
    ("GET", "/hub/home"),
    ("GET", "/hub/api/user/../users"),
    ("GET", "/hub/api/%2e%2e/users"),
    ("GET", "/hub/api/user%2f..%2fusers"),
    ("GET", "//hub/api/user"),
    ("GET", "/hub/api/user;x"),
    ("PUT", "/release/preview"),
    ("PUT", "/release/projects/safer/price"),
    ("DELETE", "/release/projects/safer/finding"),
    ("POST", "/release/projects/%2e%2e/price"),
    ("POST", "/release/projects/../finding"),
    ("DELETE", "/release/requests/1"),
    ("PATCH", "/release/requests/1"),
    ("GET", "/release/../hub/api/users"),
    ("GET", "/release/%2e%2e/hub"),
    ("GET", "/services/portal/"),
    ("GET", "/"),
    ("GET", "http://127.0.0.1/hub/api/users"),
    ("OPTIONS", "*"),
]


def test_nothing_else_of_the_hub_or_of_the_lab_is_open(inside: Running) -> None:
    """A call that is not on the list, or is written to look like one that is, is refused and written down."""
    answers = ask(inside, f"print(json.dumps([ask(m, p)[0] for m, p in {CLOSED!r}]))")
    events = [one for one in inside.events() if one["event"] == "gate-refused"]

    assert {call: status for call, status in zip(CLOSED, answers, strict=True) if status not in (400, 403, 404)} == {}
    assert len(events) >= len(CLOSED) - 4


def test_a_question_past_the_limit_is_refused(inside: Running) -> None:
    """A body of more than a mebibyte does not pass, whether its size is said or not."""
    answers = ask(
        inside,
        """print(json.dumps([ask('POST', '/release/preview', 'x' * n)[0] for n in (1 << 20, (1 << 20) + 1)]
        + [ask('POST', '/release/preview', iter([b'x' * 65536] * n), Transfer_Encoding='chunked')[0]
        for n in (15, 17)]))""",
    )

    assert answers == [200, 413, 200, 413]


def test_a_flood_of_questions_is_slowed_down(any_house: House) -> None:
    """More than 240 requests within a minute are refused, so that nobody can keep the service from others."""
    port, socket = free_port(), str(any_house.place("services", mode=0o755) / "flood.sock")
    with (
        serving(port=port, socket=socket),
        running(any_house, any_house.serving(hub=f"http://127.0.0.1:{port}", release_socket=socket)) as one,
    ):
        answers = ask(one, "print(json.dumps([ask('GET', '/release/requests')[0] for _ in range(700)]))")

    assert answers[:240] == [200] * 240
    assert 429 in answers


def test_a_service_that_is_down_is_said_to_be(any_house: House) -> None:
    """Where the hub or the release service does not answer, the sandbox is told so and what to do."""
    with running(any_house, any_house.serving(hub=f"http://127.0.0.1:{free_port()}")) as one:
        answers = ask(one, "print(json.dumps([ask('GET', '/hub/api/'), ask('GET', '/release/x')]))")

    assert [status for status, _ in answers] == [502, 502]
    assert "try again in a minute" in answers[1][1]


OPEN_BODIES = """
import time
opened, shut = [], 0  # a refused connection is shut, and may be before all was sent or its answer read
for _ in range({many}):
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(5)
    try:
        one.connect('/run/datalab/gate.sock')
        one.sendall(b'POST /release/preview HTTP/1.1\\r\\nHost: g\\r\\nContent-Length: 900001\\r\\n\\r\\n')
        one.setblocking(False)
        opened.append(one)
    except (BrokenPipeError, ConnectionResetError):
        shut += 1
    except BlockingIOError:  # as many wait as the door lets wait: a flood goes on when it has taken some
        one.close()
        time.sleep(0.005)
    except OSError:
        one.close()
for one in opened:
    for _ in range(14):
        try: one.send(b'x' * 65536)
        except OSError: break
"""


def test_open_questions_do_not_fill_the_hosts_memory(inside: Running) -> None:
    """Hundreds of questions that never end take a few megabytes of the door, are refused, and an honest one passes."""
    before = most_held(inside.process.pid)
    refused = ask(
        inside,
        OPEN_BODIES.format(many=900)
        + textwrap.dedent(
            """
            refused, end = set(), time.monotonic() + 8
            for one in opened: one.setblocking(False)
            while shut + len(refused) < 32 and time.monotonic() < end:
                time.sleep(0.5)
                for one in set(opened) - refused:
                    try:
                        if one.recv(20).startswith(b'HTTP/1.1 503'): refused.add(one)
                    except ConnectionResetError: refused.add(one)
                    except OSError: pass
            print(json.dumps(shut + len(refused)))
            """
        ),
    )
    grown = most_held(inside.process.pid) - before
    honest = ask(inside, "print(json.dumps(ask('POST', '/release/preview', '{}')))")

    assert refused >= 32
    assert grown < 64 << 20, f"{grown:,} bytes"
    assert honest[0] == 200


def test_a_question_that_does_not_come_is_given_up(inside: Running) -> None:
    """A body whose end does not come within ten seconds is refused with 408, and nobody waits for it any longer."""
    status = ask(
        inside,
        """
        one = socket.socket(socket.AF_UNIX)
        one.connect('/run/datalab/gate.sock')
        one.settimeout(25)
        one.sendall(b'POST /release/preview HTTP/1.1\\r\\nHost: g\\r\\nContent-Length: 10\\r\\n\\r\\nhalf')
        print(json.dumps(one.recv(99).decode().split()[1]))
        """,
    )

    assert status == "408"


def test_what_a_sandbox_sends_is_in_no_log_of_the_host(any_house: House) -> None:
    """Heads that are no HTTP, odd paths and broken bodies leave neither their words nor many bytes with the host."""
    said = any_house.folder / "supervisors.log"
    hub = free_port()
    with (
        serving(port=hub, socket=str(any_house.place("services", mode=0o755) / "silent.sock")),
        said.open("w") as log,
        running(any_house, any_house.serving(hub=f"http://127.0.0.1:{hub}"), log=log) as one,
    ):
        ask(
            one,
            """
            def send(words):
                one = socket.socket(socket.AF_UNIX)
                one.settimeout(5)
                one.connect('/run/datalab/gate.sock')
                try: one.sendall(words); one.recv(100)
                except OSError: pass
                one.close()
            for _ in range(300):
                send(b'GET /release/CHOSEN HTTP/1.1\\nX: CHOSEN' + b'CHOSEN' * 2000 + b'\\n\\n')
            send(b'CHOSEN\\r\\n\\r\\n')
            send(b'CHOSEN /CHOSEN HTTP/1.1\\r\\nHost: CHOSEN\\r\\n\\r\\n')
            send(b'GET /CHOSEN?CHOSEN HTTP/1.1\\r\\nHost: CHOSEN\\r\\nCookie: CHOSEN\\r\\n\\r\\n')
            send(b'GET /hub/api/user?CHOSEN HTTP/1.1\\r\\nHost: CHOSEN\\r\\n\\r\\n')
            send(b'POST /release/x HTTP/1.1\\r\\nHost: g\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nCHOSEN\\r\\n')
            print('0')
            """,
        )
        one.request("GET", "api/me", headers={"Cookie": "CHOSEN=\x01"})
        events = json.dumps(one.events())

    assert "CHOSEN" not in said.read_text() + events
    assert said.stat().st_size < 64_000
    assert "gate-refused" in events


def most_held(process: int) -> int:
    """Bytes of memory that a process of the host had at its largest."""
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
