"""Where browsers find a lab: by TLS, but on the machine itself."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from datalab.errors import SettingsError
from datalab.settings import Settings


def check_address(settings: Settings) -> None:
    """Refuse an address at which a lab is not safe.

    A browser takes `http` for a secure context at names of its own machine alone (W3C Secure Contexts, 3.1). Elsewhere
    it does not say whether it shows an answer as a page (W3C Fetch Metadata), which the lab door has to know; and
    passwords, cookies and pages would pass unsealed.

    Raises:
        SettingsError: if the address is no `https`, and not of this machine.
    """
    parts = urlsplit(settings.address)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and _is_own(host):
        return
    raise SettingsError(
        "The lab's address is neither https nor a name of this machine.",
        why="Without TLS passwords and pages can be read on their way, and a browser tells the lab door too little.",
        remedy="Set `address` to https and let something that ends TLS stand before the lab's port (docs/enclave.md).",
    )


def _is_own(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
