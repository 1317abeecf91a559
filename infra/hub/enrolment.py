"""The page that an invitation opens: choose a password, set up one-time codes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

from jupyterhub.handlers import BaseHandler
from tornado import web

from datalab.errors import GovernanceError, NotFoundError
from datalab.signin.reception import Enrolment, Reception

STYLES = Path(__file__).parent / "styles" / "hub.css"


class EnrolmentHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub has no types
    """`/hub/enrol?token=...`; the token is in the form after that, never in a log of ours."""

    @property
    def reception(self) -> Reception:
        """Return the reception of the authenticator."""
        return cast("Any", self.authenticator).reception  # type: ignore[no-any-return]  # only LabAuthenticator adds this page

    async def get(self) -> None:
        """Show the form, or say that the invitation cannot be used."""
        token = self.get_argument("token", "")
        try:
            enrolment = self.reception.enrolment(token)
        except NotFoundError as error:
            raise web.HTTPError(404, str(error)) from None
        await self._show(token, enrolment, fault="")

    async def post(self) -> None:
        """Open the account and lead to sign-in; what was wrong is said beside the form, and nothing is lost."""
        token = self.get_body_argument("token", "")
        first, second = (self.get_body_argument(name, "", strip=False) for name in ("password", "again"))
        try:
            enrolment = self.reception.enrolment(token)
            if first != second:
                await self._show(token, enrolment, fault="The two passwords differ. Type the same one twice.")
                return
            await asyncio.to_thread(self.reception.enrol, token, password=first, code=self.get_body_argument("otp", ""))
        except NotFoundError as error:
            raise web.HTTPError(404, str(error)) from None
        except GovernanceError as error:
            await self._show(token, enrolment, fault=str(error))
            return
        self.redirect(f"{self.hub.base_url}login")

    async def _show(self, token: str, enrolment: Enrolment, *, fault: str) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        if fault:
            self.set_status(400)
        page = await cast(
            "Any",
            self.render_template(
                "enrol.html",
                token=token,
                enrolment=enrolment,
                fault=fault,
                required=self.reception.codes_required,
                xsrf=self.xsrf_token.decode("ascii"),
            ),
        )
        self.finish(page)


class StyleHandler(web.RequestHandler):
    """`/hub/styles.css`: how the hub's few pages look."""

    def get(self) -> None:
        """Send the file."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "max-age=3600")
        self.finish(STYLES.read_text())
