"""Rules of the doors that need no sandbox: the meter's window, frames in pieces, addresses, cookies, redirects."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import make_mocked_request
from hypothesis import example, given
from hypothesis import strategies as draw
from multidict import CIMultiDict

from infra.enclave.audit import A_MINUTE, MAXIMUM, DoorLog
from infra.enclave.door.answer import fault_of
from infra.enclave.door.channel.frames import ChannelClosed, FrameCounter
from infra.enclave.door.meter import OutputMeter
from infra.enclave.door.paths import Allowed, Refused, judge
from infra.enclave.door.policy import (
    NOWHERE,
    content_policy,
    cookie_may_be_set,
    cookies_for_sandbox,
    open_programs,
    own_headers,
    place_of,
    programs_of,
    redirect_may_pass,
)
from infra.enclave.notices import Notices
from infra.enclave.specification import Doors

PREFIX = "/user/alice/p/"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def meter(folder: Path, clock: Clock) -> OutputMeter:
    """Return a meter of 1,000 bytes an hour."""
    return OutputMeter(folder / "meter", window_bytes=1000, window_seconds=3600, clock=clock)


def test_a_window_slides(tmp_path: Path) -> None:
    """What was shown counts for an hour and no longer, and there is never more than the window within an hour."""
    clock = Clock()
    one = meter(tmp_path, clock)
    assert one.spend(600)
    clock.now += 1800
    assert one.spend(400)
    assert not one.spend(1)
    assert one.wait() > 1700
    clock.now += 1900
    assert one.spend(600)
    assert not one.spend(1)


def test_a_window_outlives_its_process(tmp_path: Path) -> None:
    """A meter that is opened again remembers what was shown, and a clock set back gives nothing."""
    clock = Clock()
    first = meter(tmp_path, clock)
    first.spend(900)
    first.save()
    clock.now -= 7200
    again = meter(tmp_path, clock)

    assert again.room() == 100
    assert not again.spend(200)


def frame(size: int, *, last: bool = True, kind: int = 2) -> bytes:
    """Return a server's frame of a size."""
    head = bytes((0x80 * last | kind,))
    length = bytes((size,)) if size < 126 else bytes((126,)) + size.to_bytes(2, "big")
    if size > 65535:
        length = bytes((127,)) + size.to_bytes(8, "big")
    return head + length + bytes(size)


@given(
    sizes=draw.lists(draw.integers(0, 300), max_size=8), cuts=draw.lists(draw.integers(1, 40), min_size=1, max_size=60)
)
@example(sizes=[1, 0], cuts=[1, 3, 3, 3, 1])  # two reads that end within a head, as far from its end
def test_frames_pass_whole_however_they_are_cut(sizes: list[int], cuts: list[int]) -> None:
    """Whatever pieces frames come in, those within the limit pass unchanged and counted, and others leave no byte."""
    spent: list[int] = []
    dropped: list[int] = []
    counter = FrameCounter(masked=False, longest=200, spend=lambda n: not spent.append(n), dropped=dropped.append)
    sent = b"".join(frame(size) for size in sizes)
    passed = b""
    at = 0
    while at < len(sent):
        cut = cuts[at % len(cuts)]
        passed += b"".join(map(bytes, counter.feed(sent[at : at + cut])))
        at += cut

    assert passed == b"".join(frame(size) for size in sizes if size <= 200)
    assert dropped == [size for size in sizes if size > 200]
    assert spent == [len(frame(size)) for size in sizes if size <= 200]


def test_a_used_up_window_ends_a_channel_and_keeps_what_came_before() -> None:
    """The frame that does not fit ends the channel; the one before it in the same bytes still passes."""
    counter = FrameCounter(masked=False, longest=200, spend=lambda size: size < 100, dropped=lambda _: None)

    with pytest.raises(ChannelClosed) as end:
        counter.feed(frame(50) + frame(150))

    assert (end.value.code, b"".join(map(bytes, end.value.passed))) == (1008, frame(50))


@given(path=draw.text(alphabet="abz./%25ef\\;?#0 ", max_size=24))
def test_no_spelling_leads_out_of_the_list(path: str) -> None:
    """Whatever is written behind the prefix, what is allowed has no second reading once escapes are undone."""
    verdict = judge("GET", f"{PREFIX}api/contents/{path}", PREFIX)

    if isinstance(verdict, Allowed):
        plain = path.partition("?")[0]
        assert not any(part in plain.lower() for part in ("\\", ";", "//", "%2f", "%25", "%5c", "#"))
        assert ".." not in plain.lower().replace("%2e", ".").split("/")


def test_a_refusal_says_what_a_person_can_understand() -> None:
    """The reason names what is closed, in words."""
    verdict = judge("GET", f"{PREFIX}api/contents/t.csv", PREFIX)

    assert isinstance(verdict, Refused)
    assert "only text files can be opened" in verdict.reason


@pytest.mark.parametrize(
    ("location", "passes"),
    [
        ("/user/alice/p/lab", True),
        ("lab", True),
        ("http://lab.example/hub/api/oauth2/authorize?client_id=x", True),
        ("/hub/api/oauth2/authorize?client_id=x", False),
        ("http://alice.lab.example/hub/login", False),
        ("http://lab.example/user/alice/p/lab", False),
        ("http://lab.example/user/bob/hub/login", False),
        ("http://lab.example/hub/api/oauth2/authorize?response_type=code&state=a_-b&code_challenge_method=S256", True),
        (
            "http://lab.example/hub/api/oauth2/authorize?client_id=x&redirect_uri=%2Fuser%2Falice%2Fp%2Foauth_callback",
            True,
        ),
        ("http://lab.example/hub/login?next=%2Fuser%2Falice%2Fp%2Flab", True),
        ("http://lab.example/hub/api/oauth2/authorize?a=b", False),
        ("http://lab.example/hub/login?next=http%3A%2F%2Fevil.example%2F", False),
        ("http://lab.example/hub/login?next=%2Fuser%2Fbob%2Fp%2Flab", False),
        (
            "http://lab.example/hub/api/oauth2/authorize?client_id=x&redirect_uri=http%3A%2F%2Fevil.example%2Foauth_callback",
            False,
        ),
        ("http://lab.example/hub/api/oauth2/authorize?client_id=x&state=" + "a" * 300, False),
        ("http://alice.lab.example/user/alice/p/lab", True),
        ("http://evil.example/hub/api/oauth2/authorize", False),
        ("https:/evil.example", False),
        ("https:evil.example", False),
        ("//evil.example/", False),
        ("/user/alice/p/../../bob/p/lab", False),
        ("/user/alice/p/%2e%2e/x", False),
        ("/services/portal/", False),
        ("data:text/html,x", False),
    ],
)
def test_redirects_stay_or_lead_to_the_hub(location: str, passes: bool) -> None:  # noqa: FBT001
    """A redirect of the sandbox's leads within its lab or to the hub's sign-in."""
    assert redirect_may_pass(location, prefix=PREFIX, lab="alice.lab.example", hub="lab.example") is passes


def test_a_policy_names_the_labs_own_path_and_no_other() -> None:
    """Of its host a lab's page may reach what is below its prefix, by http and by websocket; of an odd host nothing."""
    place, channels = place_of("alice.lab.example:8700", prefix=PREFIX, hub_origin="https://lab.example:8700")
    policy = content_policy("https://portal.example", place=place, channels=channels)

    assert (place, channels) == (f"https://alice.lab.example:8700{PREFIX}", f"wss://alice.lab.example:8700{PREFIX}")
    assert "'self'" not in policy
    assert f"connect-src {place} {channels};" in policy
    for name in ("style", "img", "font", "worker"):
        assert f"{name}-src {place} " in policy
    assert f"form-action {place};" in policy
    assert place_of("a b; script-src *", prefix=PREFIX, hub_origin="") == ("'none'", "")


def test_programs_run_from_the_hosts_files_and_the_guard() -> None:
    """In a page programs are those of two folders of the host's and the guard; in any other answer there are none."""
    place = "https://lab.example/user/alice/p/"
    page = programs_of(place, guard="abc=")
    allowed = own_headers("https://portal.example", place=place, programs=page)["Content-Security-Policy"]

    assert page == f"{place}static/lab/ {place}lab/extensions/ 'sha256-abc=' 'unsafe-eval'"
    assert f"script-src {page};" in allowed
    assert "script-src-elem" not in allowed
    assert "script-src 'none';" in own_headers("https://portal.example", place=place)["Content-Security-Policy"]
    assert programs_of(NOWHERE, guard="abc=") == NOWHERE


def test_programs_run_from_elements_and_from_no_address() -> None:
    """Where those of outputs are open, a second policy has a word for elements and none for addresses."""
    place = "https://lab.example/user/alice/p/"
    opened = open_programs(place)
    headers = own_headers("https://portal.example", place=place, programs=opened)
    first, second = headers["Content-Security-Policy"].split(", ")

    assert first == content_policy("https://portal.example", place=place, programs=opened)
    assert second == f"script-src-elem {place} 'nonce-datalab'; script-src-attr 'unsafe-inline'"


@pytest.mark.parametrize(("mode", "refused"), [("navigate", True), ("cors", False)])
def test_no_page_is_taken_from_what_was_kept(mode: str, refused: bool) -> None:  # noqa: FBT001
    """The sandbox may tell a page's program that what it has is still good, and not the browser that shows a page."""
    request = make_mocked_request("GET", "/", headers={"Sec-Fetch-Mode": mode})
    answer = cast("ClientResponse", SimpleNamespace(status=304, headers=CIMultiDict(), content_length=None))
    said = cast("Doors", SimpleNamespace(hub_origin="https://lab.example", prefix=PREFIX))

    assert bool(fault_of(request, answer, specification=said, most=1)) is refused


def test_cookies_are_the_labs_own() -> None:
    """Only the lab's own cookies go in, and only they come out, for their own path and no other host."""
    assert (
        cookies_for_sandbox("a=b; jupyterhub-user-alice=c; jupyterhub-hub-login=d;_xsrf=e; bad")
        == "jupyterhub-user-alice=c; _xsrf=e"
    )
    assert cookie_may_be_set(f"jupyterhub-user-alice=x; Path={PREFIX}; HttpOnly", PREFIX)
    assert not cookie_may_be_set(f"jupyterhub-user-alice=x; Path={PREFIX}; Domain=lab.example", PREFIX)
    assert not cookie_may_be_set("_xsrf=x; Path=/", PREFIX)
    assert not cookie_may_be_set(f"other=x; Path={PREFIX}", PREFIX)


def test_the_log_is_bounded_and_short(tmp_path: Path) -> None:
    """A flood of refusals leaves few short lines and a count of the rest, and a full file is put aside."""
    clock = Clock()
    log = DoorLog(tmp_path / "doors.jsonl", user="alice", project="p", clock=clock)
    for _ in range(A_MINUTE + 500):
        log.note("lab-refused", path="x" * 10_000)
    clock.now += 60
    log.note("lab-refused", path="y")
    lines = [json.loads(line) for line in (tmp_path / "doors.jsonl").read_text().splitlines()]
    with (tmp_path / "doors.jsonl").open("ab") as file:
        file.truncate(MAXIMUM)
    log.note("lab-refused", path="z")
    log.note("lab-refused", path="z")

    assert len(lines) == A_MINUTE + 2
    assert max(len(str(line)) for line in lines) < 400
    assert lines[-2] | {"t": 0} == {"t": 0, "user": "alice", "project": "p", "event": "lines-left-out", "count": 500}
    assert (tmp_path / "doors.jsonl").stat().st_size < 1000
    assert (tmp_path / "doors.jsonl.1").exists()


def test_notices_do_not_pile_up(tmp_path: Path) -> None:
    """The same kind of notice is told once a minute, and only the newest twenty are kept."""
    clock = Clock()
    notices = Notices(tmp_path / "notices", clock=clock)
    for number in range(30):
        notices.tell("memory", f"first {number}")
        notices.tell("memory", f"again {number}")
        clock.now += 61

    assert len(list((tmp_path / "notices").glob("*.txt"))) == 20
    assert notices.newest() == "first 29"
