"""Sign-in of a lab without an identity provider: password and one-time code, checked by the reception."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from jupyterhub.user import User
from tornado import web
from traitlets import Instance, Unicode, default

from datalab.errors import PermissionDeniedError
from datalab.settings import read_settings
from datalab.signin.browser import KNOWN_FOR, cookie_name
from datalab.signin.reception import Reception
from datalab.wiring import open_lab, open_reception
from infra.hub.enrolment import EnrolmentHandler, StyleHandler
from infra.hub.groups import groups_of

DESKS = ThreadPoolExecutor(64, "sign-in")
"""Threads of their own, for those that wait for their turn must not keep the next from being ranked."""


class LabAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub has no types
    """Admits who the reception admits, with the groups that governance gives."""

    home = Unicode(config=True, help="The lab's folder.")
    reception = Instance(Reception, help="Checks names, passwords and codes.")

    @default("reception")
    def _open_reception(self) -> Reception:
        return open_reception(open_lab(read_settings({}, Path(self.home))))

    @default("manage_groups")
    def _groups_are_ours(self) -> bool:
        return True

    @default("allow_all")
    def _reception_decides(self) -> bool:
        return True

    @default("request_otp")
    def _ask_for_a_code(self) -> bool:
        return True

    @default("otp_prompt")
    def _name_the_code(self) -> str:
        return "One-time code"

    @default("auth_refresh_age")
    def _learn_of_changes_soon(self) -> int:
        return 20

    @default("refresh_pre_spawn")
    def _learn_of_changes_before_a_sandbox_starts(self) -> bool:
        return True

    @default("auth_refresh_strict")
    def _nobody_goes_on_with_what_they_had(self) -> bool:
        return True

    async def authenticate(self, handler: BaseHandler, data: dict[str, str]) -> dict[str, Any]:
        """Return who signs in and their groups.

        Raises:
            web.HTTPError: 403 with the reception's words, which are the same whatever does not fit.
        """
        username = data.get("username", "").strip()
        cookie = self._cookie_of(username, handler)
        try:
            # Argon2id takes a tenth of a second of a core on purpose: not in the loop that serves everybody.
            admission = await asyncio.get_running_loop().run_in_executor(
                DESKS,
                partial(
                    self.reception.admit,
                    username,
                    password=data.get("password", ""),
                    code=data.get("otp", ""),
                    browser=handler.get_cookie(cookie, ""),
                ),
            )
        except PermissionDeniedError as refusal:
            raise web.HTTPError(403, str(refusal)) from None
        model = self._model(admission.person.username)
        if model is None:  # suspended in this very moment
            raise web.HTTPError(403)
        handler.set_cookie(
            cookie,
            admission.browser,
            path="/" if self._is_secure(handler) else handler.hub.base_url,
            max_age=int(KNOWN_FOR.total_seconds()),
            httponly=True,
            secure=self._is_secure(handler),
            samesite="Strict",
        )
        return model

    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool:
        """Return somebody's groups as they are now; False ends the sign-in of who may not be here any more."""
        del handler
        return self._model(user.name) or False

    def get_handlers(self, app: object) -> list[tuple[str, type[web.RequestHandler]]]:
        """Add the page that an invitation opens, and the styles of the hub's pages."""
        return [*super().get_handlers(app), ("/enrol", EnrolmentHandler), ("/styles.css", StyleHandler)]

    @staticmethod
    def _is_secure(handler: BaseHandler) -> bool:
        return bool(handler.settings.get("cookie_options", {}).get("secure"))

    def _cookie_of(self, username: str, handler: BaseHandler) -> str:
        """Return a cookie's name; behind https no other host beneath the same name, such as a lab, can plant one."""
        return ("__Host-" if self._is_secure(handler) else "") + cookie_name(username)

    def _model(self, username: str) -> dict[str, Any] | None:
        groups = groups_of(self.reception.control, username, today=self.reception.clock().date())
        return None if groups is None else {"name": username, "groups": groups, "admin": False}
