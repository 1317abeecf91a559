"""How JupyterHub is set up for a lab; `infra/hub/jupyterhub_config.py` hands it JupyterHub's configuration object."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datalab.settings import Settings
from datalab.wiring import open_lab
from infra.hub.activity import seconds_between
from infra.hub.authenticator import LabAuthenticator
from infra.hub.identity_provider import ProviderAuthenticator, claimed_roles, discovered
from infra.hub.ports import Ports
from infra.hub.roles import EXPIRY, PORTAL, PORTAL_SCOPES, ROLES
from infra.hub.spawner import SandboxSpawner

TIED = ("/usr/bin/setpriv", "--pdeathsig", "KILL", "--")
"""Before a service's command: one that outlived its hub would hold the port, with a token that the next cannot know."""
HERE = Path(__file__).parent
NO_FRAMES = "frame-ancestors 'none'"
PAGES_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action *; base-uri 'none'; " + NO_FRAMES
"""Content policy of the hub's own pages: forms may lead on to the portal, which has a host name of its own."""


def configure(c: Any, settings: Settings, ports: Ports) -> None:  # noqa: ANN401 - JupyterHub's configuration object
    """Set everything that JupyterHub must know.

    Args:
        c: what JupyterHub calls `get_config()`.
        settings: of the lab.
        ports: on 127.0.0.1, of this run.
    """
    open_lab(settings)  # here and not at the first sign-in is said what is wrong with it
    _hub(c, settings, ports)
    _sign_in(c, settings)
    _sandboxes(c, settings)
    _services(c, settings, ports)


def _hub(c: Any, settings: Settings, ports: Ports) -> None:  # noqa: ANN401 - as above
    hub = c.JupyterHub
    hub.bind_url = f"http://127.0.0.1:{settings.port}"
    hub.hub_bind_url = f"http://127.0.0.1:{ports.hub}"
    hub.subdomain_host = settings.address
    hub.db_url = f"sqlite:///{settings.hub / 'jupyterhub.sqlite'}"
    hub.cookie_secret_file = str(settings.hub / "cookie_secret")
    hub.data_files_path = str(Path(sys.prefix) / "share" / "jupyterhub")
    hub.template_paths = [str(HERE / "pages")]
    hub.default_url = f"{service_address(settings, PORTAL)}/services/{PORTAL}/"
    hub.redirect_to_server = False
    hub.allow_named_servers = True
    hub.named_server_limit_per_user = 8
    # Sandboxes outlive a restart of the hub, with all that runs in them. The proxy is the hub's child and starts anew
    # with it: live connections end, and labs do not answer until it is back; the browser then connects again.
    hub.cleanup_servers = False
    hub.cleanup_proxy = False
    # The hub's own name leads to it, and no lab's: what stands in a lab's page may speak to its own host.
    hub.hub_routespec = f"{urlsplit(settings.address).hostname}/"
    hub.show_config = False
    hub.logging_config = {
        "filters": {"brief": {"()": "infra.hub.log_filter.Brief"}},
        "handlers": {"console": {"filters": ["brief"]}},
    }
    hub.cookie_max_age_days = 0.5
    hub.last_activity_interval = seconds_between(settings)
    hub.activity_resolution = min(30, seconds_between(settings))
    secure = urlsplit(settings.address).scheme == "https"
    hub.tornado_settings = {
        "headers": {
            "Content-Security-Policy": PAGES_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        },
        "cookie_options": {"secure": secure, "httponly": True, "samesite": "Lax"},
    }
    proxy = c.ConfigurableHTTPProxy
    proxy.command = [settings.proxy, "--no-x-forward"] if settings.proxy.endswith(".js") else [settings.proxy]
    proxy.api_url = f"http://127.0.0.1:{ports.proxy}"
    proxy.pid_file = str(settings.run / "proxy.pid")


def _sign_in(c: Any, settings: Settings) -> None:  # noqa: ANN401 - as above
    if not settings.identity_provider:
        c.JupyterHub.authenticator_class = LabAuthenticator
        c.LabAuthenticator.home = str(settings.home)
        return
    places = discovered(settings.identity_provider)
    c.JupyterHub.authenticator_class = ProviderAuthenticator
    provider = c.ProviderAuthenticator
    provider.home = str(settings.home)
    provider.login_service = settings.identity_provider_name
    provider.client_id = settings.identity_provider_client
    provider.client_secret = (settings.hub / "identity_provider_secret").read_text().strip()
    provider.oauth_callback_url = f"{settings.address}/hub/oauth_callback"
    provider.authorize_url, provider.token_url, provider.userdata_url = places
    provider.username_claim = settings.username_claim
    provider.claimed_roles = claimed_roles(settings.claimed_roles)
    provider.enable_auth_state = True  # claims are asked for again, so that a group taken away there counts here


def _sandboxes(c: Any, settings: Settings) -> None:  # noqa: ANN401 - as above
    c.JupyterHub.spawner_class = SandboxSpawner
    spawner = c.SandboxSpawner
    spawner.home = str(settings.home)
    spawner.shell_origin = service_address(settings, PORTAL)
    spawner.default_url = "/lab"
    spawner.start_timeout = 90
    spawner.http_timeout = 60
    spawner.poll_interval = 5


def _services(c: Any, settings: Settings, ports: Ports) -> None:  # noqa: ANN401 - as above
    c.JupyterHub.load_roles = ROLES
    here = {"DATALAB_HOME": str(settings.home), "PATH": "/usr/bin:/bin"}
    c.JupyterHub.services = [
        {
            "name": PORTAL,
            "url": f"http://127.0.0.1:{ports.portal}",
            "command": [*TIED, sys.executable, "-m", "datalab.web.server"],
            "environment": {**here, "LAB_PORTAL_SCOPES": " ".join(PORTAL_SCOPES)},
            "oauth_no_confirm": True,
            "oauth_client_allowed_scopes": list(PORTAL_SCOPES),
        },
        {"name": EXPIRY, "command": [*TIED, sys.executable, "-m", "infra.hub.expiry"], "environment": here},
    ]


def service_address(settings: Settings, service: str) -> str:
    """Return the origin of a service as browsers see it: a host name of its own (JupyterHub's `idna` subdomains)."""
    parts = urlsplit(settings.address)
    return f"{parts.scheme}://{service}--service.{parts.netloc}"
