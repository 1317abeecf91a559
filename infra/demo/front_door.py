"""The demonstration's last step: its people get passwords, and the lab opens its doors."""

from __future__ import annotations

import json
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from datalab.cli.options import settings_of
from datalab.settings import Settings
from datalab.wiring import open_lab, open_reception
from infra.demo.cast import AGENCIES, OPERATOR, RESEARCHER, REVIEWER
from infra.hub.background import process_of, start, stop

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another."""
SIGN_IN = "sign-in.txt"
"""File in the lab's home that keeps what was printed; readable by the lab's own user only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who can sign in to the demonstration."""

    username: str
    part: str
    first: str
    """What there is to do for them."""


GUESTS = (
    Guest(username=AGENCIES[-1].custodian, part="custodian", first="deliver the extract that waits"),
    Guest(username=RESEARCHER, part="researcher", first="read answers, ask, and open the lab: Spark on the view"),
    Guest(username=REVIEWER, part="reviewer", first="decide the question that waits"),
    Guest(username=OPERATOR, part="operator", first="invite or suspend people"),
)


def open_doors(home: Path, *, waiting: Path) -> str:
    """Give the demonstration's people passwords of their own, run its lab behind, and return what to tell its visitor.

    The port is the usual one, or any free one where that is taken.

    Args:
        home: of the lab.
        waiting: folder of a sealed extract that nobody has delivered yet.

    Raises:
        SettingsError: if there is no proxy or no sandbox program on this machine.
        InternalError: if the lab does not come up.
    """
    _write_settings(settings_of(home))
    settings = settings_of(home)
    reception = open_reception(open_lab(settings))
    passwords = {}
    for guest in GUESTS:
        passwords[guest.username] = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        token = reception.invite(guest.username, actor=OPERATOR)
        reception.enrol(token, password=passwords[guest.username], code="")
    start(settings)
    lines = [f"Open  {settings.address}/  in a browser on this machine, and sign in as", ""]
    lines += [f"  {one.username:<9} {passwords[one.username]}   {one.part:<10} {one.first}" for one in GUESTS]
    lines += ["", f"The extract that waits, sealed on its agency's machine: the two files in {waiting}."]
    lines += [f"The lab runs until  datalab down --lab {settings.home}  (or `make demo-down`)."]
    said = "\n".join(lines)
    kept = settings.home / SIGN_IN
    kept.touch(mode=0o600)
    kept.write_text(said + "\n")
    return said


def close_doors(home: Path) -> None:
    """End a demonstration that still runs in a folder, if one does."""
    settings = settings_of(home)
    if process_of(settings) is not None:
        stop(settings)


def _write_settings(settings: Settings) -> None:
    port = settings.port if _free(settings.port) else _any_port()
    host = urlsplit(settings.address).hostname
    lines = [f"port = {port}", f'address = "http://{host}:{port}"', f"proxy = {json.dumps(settings.proxy)}"]
    file = settings.home / "lab.toml"
    file.write_text((file.read_text() if file.exists() else "") + "\n".join(lines) + "\n")


def _free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
