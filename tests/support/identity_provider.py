"""A certified identity provider (OpenID Connect) on loopback, and a lab whose people sign in there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from open_house import OpenHouse, furnish
from visitor import Form, Seen, Visitor

from datalab.settings import read_settings
from infra.hub.launch import running

PROGRAM = Path(__file__).parent / "oidc" / "provider.mjs"
PACKAGES = Path(os.environ.get("DATALAB_TEST_OIDC", Path(__file__).parents[2] / ".make" / "oidc" / "node_modules"))
CLIENT, SECRET = "datalab", "a secret of the client's, for tests"


def provider_there() -> bool:
    """Say whether the provider's program is on this machine: `make test` installs it."""
    return (PACKAGES / "oidc-provider").is_dir() and shutil.which("node") is not None


@dataclass(frozen=True, kw_only=True)
class IdentityProvider:
    """A provider that runs."""

    issuer: str
    file: Path
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)

    def say(self, login: str, **claims: Any) -> None:
        """Have it know somebody, by claims, from now on."""
        known = json.loads(self.file.read_text()) | {login: claims}
        made = self.file.with_suffix(".new")
        made.write_text(json.dumps(known))
        made.replace(self.file)  # it may be read in this moment


@contextmanager
def identity_provider(folder: Path, *, redirect: str) -> Iterator[IdentityProvider]:
    """Run a provider with one client for the length of a block."""
    people = folder / "people.json"
    people.write_text("{}")
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(
            ["node", str(PROGRAM), str(people), str(PACKAGES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"client": CLIENT, "secret": SECRET, "redirect": redirect}))
        process.stdin.close()
        while not (line := process.stdout.readline()).startswith("http://127.0.0.1:"):
            assert line, (folder / "provider.log").read_text()
        yield IdentityProvider(issuer=line.strip(), file=people, process=process)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def federated_house(folder: Path, **settings: str) -> Iterator[tuple[OpenHouse, IdentityProvider]]:
    """Run a lab whose people sign in at a provider, with more settings."""
    home = folder / "lab"
    lab = furnish(home)
    with identity_provider(folder, redirect=f"{lab.settings.address}/hub/oauth_callback") as provider:
        stated = {"identity_provider": provider.issuer, "identity_provider_client": CLIENT, **settings}
        with (home / "lab.toml").open("a") as file:
            file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in stated.items())
        secret = lab.settings.hub / "identity_provider_secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        with running(read_settings({}, home)) as processes:
            yield OpenHouse(settings=lab.settings, lab=lab, running=processes), provider


async def go_to_provider(visitor: Visitor) -> Seen:
    """Go from the portal to the provider's page that asks who somebody is."""
    sign_in = await visitor.get(visitor.portal)
    assert "/hub/oauth_login" in sign_in.text, sign_in.text
    return await visitor.get(f"{visitor.address}/hub/oauth_login")


async def answer_provider(visitor: Visitor, asked: Seen, login: str, *, follow: bool = True) -> Seen:
    """Say who one is; returns where that leads."""
    form = Form(asked)
    return await visitor.post(form.target, {"prompt": "login", "login": login, "password": "any"}, follow=follow)
