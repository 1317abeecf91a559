"""The portal as a process: `python -m datalab.web.server`, started by the hub as one of its services."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import uvicorn

from datalab.fault_log import log_faults_only
from datalab.settings import read_settings
from datalab.web.app import application
from datalab.web.hub import Hub
from datalab.web.portal import Portal
from datalab.wiring import open_lab, open_reception

IDLE = 3600
"""Seconds that a connection may be idle: the proxy keeps its own, and what it asks on one that is closing is lost."""


def main() -> None:
    """Serve until told to stop; where and as whom, the hub says in the environment (JupyterHub's services)."""
    log_faults_only()
    hub_says = os.environ
    settings = read_settings({"DATALAB_HOME": hub_says["DATALAB_HOME"]})
    prefix = hub_says["JUPYTERHUB_SERVICE_PREFIX"]
    parts = urlsplit(settings.address)
    own = f"{parts.scheme}://{hub_says['JUPYTERHUB_SERVICE_NAME']}--service.{parts.netloc}"
    lab = open_lab(settings)
    portal = Portal(
        settings=settings,
        control=lab.control,
        origin=own,
        reception=None if settings.identity_provider else open_reception(lab),
        hub=Hub(
            api=hub_says["JUPYTERHUB_API_URL"],
            client=hub_says["JUPYTERHUB_CLIENT_ID"],
            secret=hub_says["JUPYTERHUB_API_TOKEN"],
            origin=settings.address,
            callback=f"{own}{prefix}oauth_callback",
            scopes=tuple(hub_says["LAB_PORTAL_SCOPES"].split()),
        ),
        prefix=prefix,
    )
    listen = urlsplit(hub_says["JUPYTERHUB_SERVICE_URL"])
    uvicorn.run(
        application(portal),
        host=listen.hostname or "127.0.0.1",
        port=listen.port or 0,
        log_config=None,  # what it says goes to the fault log
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE,
    )


if __name__ == "__main__":
    main()
