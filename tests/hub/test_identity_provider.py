"""Sign-in at a certified identity provider (OpenID Connect) through the hub that runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from desk_lab import PROJECT
from identity_provider import IdentityProvider, answer_provider, federated_house, go_to_provider, provider_there
from open_house import OpenHouse, change_project, programs_there, set_suspended
from visitor import Seen, Visitor, until
from yarl import URL

pytestmark = pytest.mark.skipif(
    not (programs_there() and provider_there()), reason="needs bubblewrap, the proxy and the identity provider"
)

Place = tuple[OpenHouse, IdentityProvider]
RESEARCHERS = "lab-researchers"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Run a lab whose people sign in at a provider that has a say on the roles of researcher and reviewer."""
    folder = tmp_path_factory.mktemp("federated")
    with federated_house(folder, claimed_roles=f"{RESEARCHERS}:researcher, lab-reviewers:reviewer") as (
        house,
        provider,
    ):
        for name in ("ann", "ben", "bob", "rex"):
            provider.say(f"{name}@uni", preferred_username=name, groups=[RESEARCHERS])
        yield house, provider


@asynccontextmanager
async def visit(place: Place) -> AsyncIterator[Visitor]:
    """Make a visit to the lab."""
    visitor = Visitor(place[0].settings.address)
    try:
        yield visitor
    finally:
        await visitor.close()


async def sign_in(visitor: Visitor, login: str) -> Seen:
    """Sign in at the provider; returns the page reached."""
    return await answer_provider(visitor, await go_to_provider(visitor), login)


async def groups(visitor: Visitor) -> list[str]:
    """Return the groups that the hub gives who signed in."""
    return sorted(json.loads((await visitor.api("GET", "user")).text)["groups"])


async def callback(visitor: Visitor, login: str) -> URL:
    """Sign in at the provider and stop before the hub hears of it; returns the address that would tell it."""
    seen = await answer_provider(visitor, await go_to_provider(visitor), login, follow=False)
    while not seen.headers["Location"].startswith(f"{visitor.address}/hub/oauth_callback"):
        seen = await visitor.get(seen.url.join(URL(seen.headers["Location"], encoded=True)), follow=False)
    return URL(seen.headers["Location"], encoded=True)


def test_a_researcher_signs_in_at_the_provider_and_has_their_project(place: Place) -> None:
    """Who the provider names and governance knows reaches the portal, with the groups of both."""

    async def journey() -> None:
        async with visit(place) as ann:
            reached = await sign_in(ann, "ann@uni")

            assert (reached.status, str(reached.url)) == (200, ann.portal)
            assert "Ann Author" in reached.text
            assert await groups(ann) == ["project-safer", "researcher"]
            assert (await ann.get(f"{ann.address}/hub/styles.css")).status == 200

    asyncio.run(journey())


def test_a_sign_in_carries_a_proof_key_and_the_provider_demands_it(place: Place) -> None:
    """The hub sends an S256 challenge (RFC 7636); the same request without it is refused by the provider."""

    async def journey() -> None:
        async with visit(place) as ann:
            sent = await ann.get(f"{ann.address}/hub/oauth_login", follow=False)
            asked = URL(sent.headers["Location"], encoded=True)
            assert asked.query["code_challenge_method"] == "S256"
            assert len(asked.query["code_challenge"]) == 43

            bare = asked.with_query({key: value for key, value in asked.query.items() if "challenge" not in key})
            refused = await ann.get(bare, follow=False)
            accepted = await ann.get(asked, follow=False)

            told = parse_qs(URL(refused.headers["Location"], encoded=True).raw_query_string)
            assert told["error"] == ["invalid_request"]
            assert "PKCE" in told["error_description"][0]
            assert "/interaction/" in accepted.headers["Location"]

    asyncio.run(journey())


def test_a_stolen_code_is_worth_nothing_in_another_sign_in(place: Place) -> None:
    """Somebody who puts another's code into a sign-in of their own fails, for the proof key is another's."""

    async def journey() -> None:
        async with visit(place) as ann, visit(place) as thief:
            stolen = await callback(ann, "ann@uni")
            own = await callback(thief, "rex@uni")

            reached = await thief.get(own.update_query(code=stolen.query["code"]))

            assert reached.status >= 400
            assert (await thief.api("GET", "user")).status == 403

    asyncio.run(journey())


def test_an_answer_of_the_provider_counts_once_and_for_who_asked(place: Place) -> None:
    """Another person's answer, and one's own a second time, are refused; the control is its first time."""

    async def journey() -> None:
        async with visit(place) as ann, visit(place) as other:
            answer = await callback(ann, "ann@uni")
            await callback(other, "rex@uni")  # a sign-in has begun there too

            forced = await other.get(answer)
            unasked = await other.get(answer.update_query(state="bm9uc2Vuc2U="))
            assert [forced.status, unasked.status] == [400, 400]
            assert (await other.api("GET", "user")).status == 403

            assert (await ann.get(answer)).status == 200
            assert (await ann.get(answer)).status == 400

    asyncio.run(journey())


def test_a_person_whom_governance_does_not_know_is_refused(place: Place) -> None:
    """The provider's word alone opens nothing, whatever groups it names."""
    place[1].say("mallory@uni", preferred_username="mallory", groups=[RESEARCHERS, "admin", "operator"])

    async def journey() -> None:
        async with visit(place) as mallory:
            reached = await sign_in(mallory, "mallory@uni")

            assert reached.status == 403
            assert "Ask an operator" in reached.text
            assert (await mallory.api("GET", "user")).status == 403

    asyncio.run(journey())


def test_a_claim_gives_no_role_that_governance_does_not(place: Place) -> None:
    """Groups of the provider that stand for a role, or are called like one, give nothing by themselves."""
    claimed = [RESEARCHERS, "lab-reviewers", "reviewer", "operator", "custodian", "admin", "project-safer"]
    place[1].say("rex@uni", preferred_username="rex", groups=claimed)

    async def journey() -> None:
        async with visit(place) as rex:
            assert (await sign_in(rex, "rex@uni")).status == 200
            assert await groups(rex) == ["researcher"]
            assert not json.loads((await rex.api("GET", "user")).text)["admin"]

    asyncio.run(journey())


def test_a_role_counts_only_while_the_provider_names_its_group(place: Place) -> None:
    """Who is researcher and reviewer here, and only a reviewer there, is a reviewer, without a project's door."""
    place[1].say("bob@uni", preferred_username="bob", groups=["lab-reviewers"])

    async def journey() -> None:
        async with visit(place) as bob:
            await sign_in(bob, "bob@uni")
            assert await groups(bob) == ["reviewer"]
            await bob.get(f"{bob.address}/hub/home")
            assert (await bob.api("POST", "users/bob/servers/safer")).status == 403

    asyncio.run(journey())


@pytest.mark.parametrize("claim", [None, "lab-researcher", {"lab-researchers": True}, [["lab-researchers"]], 7])
def test_a_claim_of_another_kind_gives_nothing(place: Place, claim: object) -> None:
    """A groups claim that is no list of names, or names no group that stands for a role, opens nothing."""
    place[1].say("ben@uni", preferred_username="ben", groups=claim)

    async def journey() -> None:
        async with visit(place) as ben:
            assert (await sign_in(ben, "ben@uni")).status == 403

    asyncio.run(journey())


def test_a_name_belongs_to_the_account_that_had_it_first(place: Place) -> None:
    """Another account of the provider's that takes a person's name is not that person; the first one still is."""
    place[1].say("ann@uni", preferred_username="ann", groups=[RESEARCHERS])
    place[1].say("evil@uni", preferred_username="ann", groups=[RESEARCHERS])

    async def journey() -> None:
        async with visit(place) as ann, visit(place) as evil:
            assert (await sign_in(ann, "ann@uni")).status == 200

            refused = await sign_in(evil, "evil@uni")

            assert refused.status == 403
            assert "Another account" in refused.text
            assert (await evil.api("GET", "user")).status == 403
            assert (await ann.api("GET", "user")).status == 200

    asyncio.run(journey())


def test_a_project_that_ended_or_was_left_is_no_group_any_more(place: Place) -> None:
    """At sign-in, membership counts as it is today: not after a project's end, and not after one was taken off it."""
    house, provider = place
    provider.say("ben@uni", preferred_username="ben", groups=[RESEARCHERS])
    today = datetime.now(UTC).date()
    later = today + timedelta(days=90)

    async def seen(**changes: object) -> list[str]:
        change_project(house.lab, **changes)
        async with visit(place) as ben:
            await sign_in(ben, "ben@uni")
            return await groups(ben)

    async def journey() -> None:
        assert await seen(expires_on=today) == ["project-safer", "researcher"]  # it runs on its last day
        assert await seen(expires_on=today - timedelta(days=1)) == ["researcher"]
        assert await seen(expires_on=later, members=PROJECT.members - {"ben"}) == ["researcher"]
        assert await seen(members=PROJECT.members) == ["project-safer", "researcher"]

    asyncio.run(journey())


def test_a_sign_in_ends_soon_after_either_side_took_it_away(place: Place) -> None:
    """Who is suspended here, or lost their group there, is signed out while they work, and cannot sign in again."""
    house, provider = place
    for name in ("ben", "bob"):
        provider.say(f"{name}@uni", preferred_username=name, groups=[RESEARCHERS])

    async def journey() -> None:
        async with visit(place) as ben, visit(place) as bob, visit(place) as again:
            assert [(await sign_in(one, f"{name}@uni")).status for one, name in ((ben, "ben"), (bob, "bob"))] == [
                200,
                200,
            ]
            provider.say("ben@uni", preferred_username="ben", groups=[])
            set_suspended(house.lab, "bob", suspended=True)
            await asyncio.gather(until(ben.signed_out), until(bob.signed_out))
            assert (await sign_in(again, "bob@uni")).status == 403

    try:
        asyncio.run(journey())
    finally:
        set_suspended(house.lab, "bob", suspended=False)


@pytest.mark.slow
def test_a_provider_that_is_down_ends_nothing_that_governance_allows(tmp_path: Path) -> None:
    """Without the provider nobody signs in; who did before works on, as far as governance goes on allowing it."""
    with federated_house(tmp_path, claimed_roles=f"{RESEARCHERS}:researcher") as place:
        house, provider = place
        for name in ("ann", "ben"):
            provider.say(f"{name}@uni", preferred_username=name, groups=[RESEARCHERS])

        async def journey() -> None:
            async with visit(place) as ann, visit(place) as ben:
                await sign_in(ann, "ann@uni")
                await sign_in(ben, "ben@uni")
                provider.stop()
                set_suspended(house.lab, "ben", suspended=True)
                await until(ben.signed_out)  # as long as the hub waits before it asks the provider again
                assert await groups(ann) == ["project-safer", "researcher"]

        asyncio.run(journey())
