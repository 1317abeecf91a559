"""Who may do what at the hub: the least that each role needs.

JupyterHub's own `user` role lets people mint tokens, share servers and read themselves in full; here it does not. Only
researchers start servers, and what runs in a sandbox holds a token that can look up who opens it, and tell that it is
alive.
"""

from __future__ import annotations

from datalab.governance.people import LabRole

PORTAL = "portal"
"""Name of the service that is the front door."""
EXPIRY = "expiry"
"""Name of the service that ends sandboxes."""
PORTAL_SCOPES = ("read:users:name!user", "read:users:groups!user", "servers!user", "read:servers!user")
"""What the portal may do for the person who signed in to it, if the person may."""

ROLES: list[dict[str, object]] = [
    {
        "name": "user",
        "scopes": [
            f"access:services!service={PORTAL}",
            "read:users:name!user",
            "read:users:groups!user",
            "users:activity!user",
        ],
    },
    {
        "name": "lab-researcher",
        "scopes": ["servers!user", "read:servers!user", "access:servers!user"],
        "groups": [LabRole.RESEARCHER.value],
    },
    {"name": "server", "scopes": ["access:servers!server", "users:activity!user"]},
    {
        "name": "lab-expiry",
        "scopes": [
            "list:users",
            "read:users:name",
            "read:users:groups",
            "read:servers",
            "delete:servers",
            "read:users:activity",
        ],
        "services": [EXPIRY],
    },
]
"""Roles as JupyterHub reads them (`JupyterHub.load_roles`)."""
