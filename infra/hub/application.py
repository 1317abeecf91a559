"""The hub as a process, `python -m infra.hub.application`: JupyterHub that answers at its own host name and no other.

Each lab has a host name below the hub's, and what runs in a lab's page may speak to its own host. Were the hub found
there too, a lab's page could sign in as somebody else and leave something in their account. The proxy leads the hub's
own name to the hub, and no other; here the hub looks again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jupyterhub.app import JupyterHub
from tornado import httputil, web

from infra.hub.stored import keep_nothing_of_requests


class ElsewhereHandler(web.RequestHandler):
    """Answers where the hub is asked for at a name that is not its own."""

    def prepare(self) -> None:
        """Refuse, whatever the method."""
        self.set_status(421)  # RFC 9110, 15.5.20
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.finish("The hub does not answer at this host name. Open the address of the lab itself.\n")


class OwnHostsApplication(web.Application):
    """Tornado's application for requests whose `Host` is one of the setting `own_hosts`."""

    def find_handler(self, request: httputil.HTTPServerRequest, **options: Any) -> Any:  # noqa: ANN401 - Tornado's
        """Return what answers a request."""
        if request.host.lower() not in self.settings["own_hosts"]:
            return self.get_handler_delegate(request, ElsewhereHandler)
        return super().find_handler(request, **options)


class LabHub(JupyterHub):  # type: ignore[misc]  # JupyterHub has no types
    """JupyterHub at its own host names: the public one, and the one that services and doors of this machine use."""

    name = "jupyterhub"  # its settings are read under the name that its documentation gives

    def init_tornado_application(self) -> None:
        """Make the application that serves."""
        own = {urlsplit(one).netloc.lower() for one in (self.subdomain_host, self.hub.url)}
        self.tornado_application = OwnHostsApplication(self.handlers, **self.tornado_settings, own_hosts=own)


if __name__ == "__main__":
    keep_nothing_of_requests()
    LabHub.launch_instance()
