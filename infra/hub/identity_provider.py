"""Sign-in at a university's or agency's identity provider (OpenID Connect), for people that governance knows.

The provider says who somebody is; governance says what they are. Where `claimed_roles` is set, the provider has a say
as well: a role counts only while a group in its claims stands for it. So a group taken away there, or a role taken away
here, closes the door either way.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError

from jupyterhub.handlers import BaseHandler
from jupyterhub.user import User
from oauthenticator.generic import GenericOAuthenticator
from tornado import web
from tornado.httpclient import HTTPClientError
from traitlets import Any as AnyTrait
from traitlets import Dict, Unicode, default

from datalab.control import ControlDatabase
from datalab.errors import SettingsError
from datalab.governance.people import LabRole
from datalab.settings import read_settings
from datalab.wiring import clock, open_lab
from infra.hub.enrolment import StyleHandler
from infra.hub.groups import groups_of


class ProviderAuthenticator(GenericOAuthenticator):  # type: ignore[misc]  # JupyterHub has no types
    """Admits who the provider names and governance knows."""

    home = Unicode(config=True, help="The lab's folder.")
    control = AnyTrait(help="The lab's control database.")
    claimed_roles = Dict(config=True, help="Role by group of the provider; empty: governance alone decides.")
    groups_claim = Unicode("groups", config=True, help="Claim that lists the provider's groups.")

    @default("control")
    def _open_control(self) -> ControlDatabase:
        return open_lab(read_settings({}, Path(self.home))).control

    @default("enable_pkce")
    def _proof_key(self) -> bool:
        return True

    @default("manage_groups")
    def _groups_are_ours(self) -> bool:
        return True

    @default("allow_all")
    def _governance_decides(self) -> bool:
        return True

    @default("scope")
    def _scopes(self) -> list[str]:
        return ["openid", "profile", "groups"]

    @default("auth_refresh_age")
    def _learn_of_changes_soon(self) -> int:
        return 20

    @default("refresh_pre_spawn")
    def _learn_of_changes_before_a_sandbox_starts(self) -> bool:
        return True

    @default("auth_refresh_strict")
    def _nobody_goes_on_with_what_they_had(self) -> bool:
        return True

    async def authenticate(self, handler: BaseHandler, data: object = None, **kwargs: object) -> dict[str, Any]:
        """Return who signs in and their groups.

        A name belongs to the account that came with it first: many providers let people change their names, and only
        `sub` is promised never to be another's (OpenID Connect Core 1.0, section 5.7).

        Raises:
            web.HTTPError: 403, if governance does not know the person or has suspended them, or if another account
                of the provider's had the name before.
        """
        model: dict[str, Any] = await super().authenticate(handler, data, **kwargs)
        known = handler.find_user(model["name"])
        before = await known.get_auth_state() if known else None
        if before and not self._same_account(model["auth_state"], before):
            raise web.HTTPError(
                403, "Another account of your organisation's has this name in the lab. Ask an operator of the lab."
            )
        return model

    async def update_auth_model(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        """Put the lab's groups in place of the provider's.

        Raises:
            web.HTTPError: 403, if governance does not know the person, or has suspended them.
        """
        return self._model(auth_model, self._claims(auth_model.get("auth_state")))

    async def _apply_managed_groups(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        return auth_model  # they are the lab's, put there by `update_auth_model`

    async def refresh_user(
        self,
        user: User,
        handler: BaseHandler | None = None,
        **kwargs: Any,  # noqa: ANN401 - as the class above has it
    ) -> dict[str, Any] | bool:
        """Return somebody's groups as they are now; False ends the sign-in of who may not be here any more.

        While the provider does not answer, what it said last counts, and what governance says today.
        """
        before = await user.get_auth_state()
        try:
            try:
                refreshed = await super().refresh_user(user, handler, **kwargs)
            except (OSError, HTTPClientError):
                refreshed = self._model({"name": user.name, "auth_state": before}, self._claims(before))
        except web.HTTPError:  # governance's no
            return False
        if not isinstance(refreshed, dict) or refreshed["name"] != user.name:
            return False
        return refreshed if self._same_account(refreshed["auth_state"], before) else False

    def _same_account(self, now: dict[str, Any] | None, before: dict[str, Any] | None) -> bool:
        return bool(self._claims(now).get("sub") == self._claims(before).get("sub"))

    def get_handlers(self, app: object) -> list[tuple[str, type[web.RequestHandler]]]:
        """Add the styles of the hub's pages."""
        return [*super().get_handlers(app), ("/styles.css", StyleHandler)]

    def _claims(self, auth_state: dict[str, Any] | None) -> dict[str, Any]:
        return (auth_state or {}).get(self.user_auth_state_key) or {}

    def _model(self, auth_model: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        roles = tuple(LabRole)
        if self.claimed_roles:
            stated = claims.get(self.groups_claim)
            held = {one for one in (stated if isinstance(stated, list) else [stated]) if isinstance(one, str)}
            roles = tuple(LabRole(role) for group, role in self.claimed_roles.items() if group in held)
        groups = groups_of(self.control, auth_model["name"], today=clock().date(), roles=roles)
        if not groups:
            raise web.HTTPError(403, "The lab does not know you in any role. Ask an operator of the lab to add you.")
        return auth_model | {"groups": groups, "admin": False}


def discovered(issuer: str) -> tuple[str, str, str]:
    """Ask a provider where people sign in, where codes become tokens, and where claims are (OpenID Connect Discovery).

    Raises:
        SettingsError: if it does not answer, or answers for another issuer.
    """
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - the operator's own setting
            stated = json.load(answer)
        places = (stated["authorization_endpoint"], stated["token_endpoint"], stated["userinfo_endpoint"])
        its_own = stated["issuer"].rstrip("/") == issuer.rstrip("/")  # section 4.3: the very one that was asked for
    except (URLError, OSError, ValueError, KeyError, TypeError):
        its_own = False
    if not its_own:
        raise SettingsError(
            "The identity provider does not say where people sign in.",
            why=f"{address} did not answer, or is another issuer's.",
            remedy="Correct identity_provider in lab.toml, or try again when the provider is up.",
        )
    return places


def claimed_roles(text: str) -> dict[str, str]:
    """Read the setting `claimed_roles`: role by group; raises SettingsError."""
    pairs = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        group, _, role = pair.rpartition(":")
        if not group or role not in set(LabRole):
            raise SettingsError(
                "The setting claimed_roles is not a list of group:role.",
                remedy=f"Write such as lab-researchers:researcher; roles are {', '.join(LabRole)}.",
            )
        pairs[group] = role
    return pairs
